//! What systemd hears, over real sockets.

use super::*;
use crate::health::vitals::Login;

fn heard(socket: &UnixDatagram) -> Option<String> {
    let mut buffer = [0; 1024];
    let length = socket.recv(&mut buffer).ok()?;
    Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
}

#[test]
fn it_speaks_to_a_socket_by_path_and_by_abstract_name() {
    let name = format!("lonewatch-notify-{}", std::process::id());
    let path = std::env::temp_dir().join(&name);
    let by_path = UnixDatagram::bind(&path).expect("a socket");
    let abstract_name = SocketAddr::from_abstract_name(&name).expect("a name");
    let by_name = UnixDatagram::bind_addr(&abstract_name).expect("a socket");
    for (socket, name) in [
        (&by_path, path.as_os_str().to_owned()),
        (&by_name, format!("@{name}").into()),
    ] {
        socket.set_nonblocking(true).expect("set");
        let notifier = Notifier::new(&name, None).expect("a way");
        notifier.stopping("told to\nstop");
        let words = heard(socket);
        assert_eq!(words.as_deref(), Some("STOPPING=1\nSTATUS=told to stop"));
    }
    std::fs::remove_file(&path).expect("removed");
    let nobody = Notifier::new(path.as_os_str(), None).expect("a way");
    assert!(!nobody.tell("READY=1"), "nobody has heard it");
}

#[test]
fn the_watchdog_is_for_this_process_only() {
    let me = std::process::id().to_string();
    let minute = Some(Duration::from_secs(60));
    assert_eq!(watchdog(Some("60000000"), None), minute);
    assert_eq!(watchdog(Some("60000000"), Some(&me)), minute);
    assert_eq!(watchdog(Some("60000000"), Some("1")), None);
    for none in [None, Some(""), Some("0"), Some("soon")] {
        assert_eq!(watchdog(none, None), None, "{none:?}");
    }
}

#[test]
fn ready_once_and_a_sign_at_half_the_time() {
    let vitals = Vitals::default();
    let mut told = Told::default();
    let (every, begin) = (Some(Duration::from_secs(60)), Instant::now());
    let after = |seconds| begin + Duration::from_secs(seconds);
    let starting = told.next(&vitals, every, begin).expect("how it is");
    assert!(
        starting.starts_with("STATUS=not logged in yet"),
        "{starting}"
    );
    assert!(
        !starting.contains('\n'),
        "neither ready nor alive: {starting}"
    );
    vitals.login(Login::In);
    vitals.desk_turned();
    vitals.courier_turned();
    vitals.watching();
    let ready = told.next(&vitals, every, begin).expect("it watches");
    assert!(
        ready.starts_with("READY=1\n") && ready.ends_with("\nWATCHDOG=1"),
        "{ready}"
    );
    assert_eq!(told.next(&vitals, every, after(29)), None);
    let sign = told.next(&vitals, every, after(30));
    assert_eq!(sign.as_deref(), Some("WATCHDOG=1"));
    assert_eq!(told.next(&vitals, every, after(59)), None);
    assert_eq!(
        told.next(&vitals, None, after(999)),
        None,
        "no watchdog, no sign"
    );
}

#[test]
fn no_sign_while_a_loop_does_not_turn() {
    let every = Some(Duration::from_secs(60));
    let begun: [fn(&Vitals); 2] = [Vitals::desk_turned, Vitals::courier_turned];
    for only in begun {
        let vitals = Vitals::default();
        vitals.login(Login::In);
        vitals.watching();
        only(&vitals);
        let words = Told::default().next(&vitals, every, Instant::now());
        let words = words.expect("how it is");
        assert!(!words.contains("WATCHDOG=1"), "{words}");
        vitals.desk_turned();
        vitals.courier_turned();
        let words = Told::default().next(&vitals, every, Instant::now());
        assert!(words.expect("how it is").contains("WATCHDOG=1"));
        // Logged out it watches over nobody.
        vitals.login(Login::Out);
        let words = Told::default().next(&vitals, every, Instant::now());
        assert!(!words.expect("how it is").contains("WATCHDOG=1"));
    }
}
