//! Whoever takes all there is of something is stopped, and the next program finds a slot as good as new.

use crate::support::{Box, open, open_with, text, usual};
use codesm_core::judging::Exit;
use codesm_sandbox::Tier;
use std::time::Duration;

/// Name, language and source.
const HOGS: [(&str, &str, &str); 12] = [
    (
        "threads",
        "c",
        "#include <pthread.h>\n#include <unistd.h>\nvoid*f(void*x){pause();return x;}int main(){pthread_t t;for(;;)if(pthread_create(&t,0,f,0))return 9;}",
    ),
    (
        "memory files",
        "python",
        "import os\nx = []\nwhile True:\n    f = os.memfd_create('x'); x.append(f)\n    os.write(f, bytes(1 << 20))\n",
    ),
    (
        "shared memory",
        "python",
        "n = 0\nwhile True:\n    n += 1\n    open('/dev/shm/%d' % n, 'wb').write(bytes(1 << 19))\n",
    ),
    (
        "pipes",
        "python",
        "import os\nx = []\nwhile True:\n    r, w = os.pipe(); x.append((r, w))\n    os.set_blocking(w, False)\n    os.write(w, bytes(1 << 16))\n",
    ),
    (
        "disk",
        "python",
        "n = 0\nwhile True:\n    n += 1\n    open('/tmp/%d' % n, 'wb').write(bytes(1 << 19))\n",
    ),
    (
        "inodes",
        "python",
        "n = 0\nwhile True:\n    n += 1\n    open('/tmp/%d' % n, 'w').close()\n",
    ),
    (
        "depth",
        "python",
        "import os\nfor n in range(10000):\n    os.mkdir('d'); os.chdir('d')\nraise SystemExit(1)\n",
    ),
    (
        "sparse file",
        "c",
        "#include <fcntl.h>\n#include <unistd.h>\nint main(){int f=open(\"/tmp/x\",O_CREAT|O_RDWR,0600);return ftruncate(f,1ll<<40)?5:0;}",
    ),
    ("descriptors", "python", "x = []\nwhile True:\n    x.append(open('/dev/null'))\n"),
    (
        "grandchildren",
        "c",
        "#include <unistd.h>\nint main(){for(int i=0;i<5;i++)if(!fork()){setsid();if(!fork())for(;;);_exit(0);}usleep(50000);return 5;}",
    ),
    (
        "endless line",
        "python",
        "import sys\nwhile True:\n    sys.stdout.write('x' * 65536)\n",
    ),
    (
        "drip",
        "python",
        "import time\nwhile True:\n    print('x', flush=True); time.sleep(0.3)\n",
    ),
];

async fn hogs_are_stopped(sandbox: &Box) {
    let control = sandbox.program("c", "#include <stdio.h>\nint main(){puts(\"fine\");}").await;
    for (name, language, source) in HOGS {
        let program = sandbox.program(language, source).await;
        let report = sandbox.run(usual(&program)).await;
        assert_ne!(report.exit, Exit::Code(0), "{name}: {report:?}");
        assert!(report.wall < Duration::from_secs(4), "{name}: {report:?}");
        assert_eq!(sandbox.processes(), Vec::<u32>::new(), "{name}");
        let report = sandbox.run(usual(&control)).await;
        assert_eq!(
            (text(&report.stdout).as_str(), report.exit, report.limit),
            ("fine\n", Exit::Code(0), None),
            "{name}"
        );
        assert!(report.wall < Duration::from_millis(300), "{name}: {report:?}");
    }
}

#[tokio::test]
async fn hogs_are_stopped_and_leave_a_good_slot() {
    let sandbox = open();
    hogs_are_stopped(&sandbox).await;
    sandbox.close().await;
}

#[tokio::test]
async fn hogs_are_stopped_without_cgroups_too() {
    let sandbox = open_with(|settings| settings.tier = Some(Tier::C));
    hogs_are_stopped(&sandbox).await;
    sandbox.close().await;
}
