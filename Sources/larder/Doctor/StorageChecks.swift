import Gateway
import Glibc
import ObjectStorage
import S3Protocol

/// The storage root, or the place where it will be: what the file system can do, how full it is, who holds it.
struct RootPlaceCheck: DoctorCheck {
    func run(_ subject: DoctorSubject) async -> [Diagnosis] {
        do {
            let reserved = subject.goodSettings.flatMap(\.store.reservedBytes)
            let facts = try RootExamination(root: subject.root, reservedBytes: reserved)
            return [place(facts, subject.root), fileSystem(facts), abilities(facts), space(facts), sync(facts)]
        } catch let error as StorageError {
            return [.fail("root", error.message)]
        } catch {
            return [.fail("root", "\(error)")]
        }
    }

    private func place(_ facts: RootExamination, _ root: String) -> Diagnosis {
        guard facts.isRoot else { return .ok("root", "\(root) will be made at the first start") }
        guard let holder = facts.holder else { return .ok("root", "\(root), in use by nobody") }
        guard (try? ControlProbe.isServed(root: root)) == true else {
            return .warn(
                "root",
                "\(root) is held by process \(holder), which does not answer",
                "it may be starting or stopping, or be a command; look with `ps -p \(holder)`"
            )
        }
        return .ok("root", "\(root), served by process \(holder)")
    }

    private func fileSystem(_ facts: RootExamination) -> Diagnosis {
        let kind = facts.fileSystem
        if kind.isVolatile {
            return .warn(
                "file system",
                "\(facts.place) is on \(kind.name): everything is lost with the power",
                "use a directory on a disk for what is to be kept"
            )
        }
        if kind.isRemote {
            return .warn(
                "file system",
                "\(facts.place) is on \(kind.name), another machine's disk",
                "use a local file system: its locks, syncs and attributes are what durability rests on"
            )
        }
        return .ok("file system", "\(kind.name): user attributes, long and exact names, paths that stay inside")
    }

    private func abilities(_ facts: RootExamination) -> Diagnosis {
        let clones = facts.hasClones ? "copies share blocks" : "copies are written out (no reflinks)"
        guard facts.hasUnnamedFiles else {
            return .warn(
                "uploads",
                "unfinished uploads have names (no O_TMPFILE); \(clones)",
                "nothing has to be done: the next start removes what a crash leaves; ext4, XFS and Btrfs need none"
            )
        }
        return .ok("uploads", "unfinished uploads have no names (O_TMPFILE); \(clones)")
    }

    private func space(_ facts: RootExamination) -> Diagnosis {
        let free = ByteText.amount(Int64(clamping: facts.freeBytes))
        let found = "\(free) of \(ByteText.amount(Int64(clamping: facts.totalBytes))) are free"
        guard facts.freeBytes > facts.reservedBytes else {
            let reserved = ByteText.amount(Int64(clamping: facts.reservedBytes))
            return .fail(
                "space",
                found + ", and \(reserved) of them are kept for deletes: uploads get 507",
                "free space, or lower limits.free_bytes"
            )
        }
        guard facts.freeBytes > facts.totalBytes / 20 else {
            return .warn("space", found, "free space soon: uploads get 507 before the disk is full")
        }
        return .ok("space", found)
    }

    /// A disk that acknowledges at once either has a battery or lies; one that takes long makes all writes slow.
    private func sync(_ facts: RootExamination) -> Diagnosis {
        let milliseconds = facts.syncTime / .milliseconds(1)
        let found = "a small write is on disk after \(Decimals.text(milliseconds)) ms"
        guard milliseconds < 100 else {
            return .warn("sync", found, "every upload waits for a few of these; use a faster disk for the root")
        }
        return .ok("sync", found)
    }
}

/// What the system allows a process.
struct SystemLimitsCheck: DoctorCheck {
    func run(_ subject: DoctorSubject) async -> [Diagnosis] {
        guard let settings = subject.goodSettings else { return [] }
        return [openFiles(settings)] + watches(settings)
    }

    /// A connection, and the file that it sends, need one each.
    private func openFiles(_ settings: ServerSettings) -> Diagnosis {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let (allowed, wanted) = (Int(clamping: limit.rlim_max), settings.front.maximumConnections * 2 + 500)
        guard allowed < wanted else { return .ok("open files", "\(allowed) are allowed") }
        return .warn(
            "open files",
            "\(allowed) are allowed; limits.connections is \(settings.front.maximumConnections)",
            "raise the hard limit to \(wanted) (LimitNOFILE= in a systemd unit), or lower limits.connections"
        )
    }

    private func watches(_ settings: ServerSettings) -> [Diagnosis] {
        let path = "/proc/sys/fs/inotify/max_user_watches"
        let wanted = settings.store.watchedDirectories
        guard wanted > 0, let content = try? FileContent.read(path),
            let allowed = Int(ByteText.trimmed(String(decoding: content, as: UTF8.self)))
        else { return [] }
        guard allowed < wanted else { return [.ok("watches", "\(allowed) directories may be watched")] }
        return [
            .warn(
                "watches",
                "\(allowed) directories may be watched; scan.watched_directories is \(wanted)",
                "sysctl fs.inotify.max_user_watches=\(wanted * 2), else files put by hand show at the next scan only"
            )
        ]
    }
}

/// Numbers for people.
enum Decimals {
    /// The number with one digit behind the point, below 1 with two.
    static func text(_ number: Double) -> String {
        let factor = number < 1 ? 100.0 : 10.0
        return "\((number * factor).rounded() / factor)"
    }
}
