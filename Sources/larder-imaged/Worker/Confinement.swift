internal import CLinux
internal import Imaging

/// What the processes of the worker give up, for good.
enum Confinement {
    /// What is in force afterwards.
    struct Report {
        let landlock: Int
        let seccomp: Bool
    }

    /// Confines the zygote and all that it forks: no new privileges, no capability, no path, no network, no program.
    ///
    /// Everything that opens a file must be done before. A kernel without Landlock or seccomp is told in the report.
    static func confineZygote() -> Report {
        let isLocked = clinux_no_new_privileges() == 0
        _ = clinux_drop_capabilities()
        let landlock = isLocked ? clinux_landlock_deny_all() : 0
        let seccomp = isLocked && clinux_seccomp_confine(0) == 0
        return Report(landlock: max(0, Int(landlock)), seccomp: seccomp)
    }

    /// Bounds the process of one job, and takes from it what only the zygote needs.
    static func confineJob(_ limits: ImagingLimits) {
        _ = clinux_die_with_parent()
        let cpu = limits.cpuSeconds
        _ = clinux_limit(clinux_limit_core, 0, 0)
        _ = clinux_limit(clinux_limit_cpu, cpu, cpu + 1)
        _ = clinux_limit(clinux_limit_address_space, UInt64(limits.addressSpace), UInt64(limits.addressSpace))
        _ = clinux_limit(clinux_limit_file_size, UInt64(limits.resultBytes), UInt64(limits.resultBytes))
        _ = clinux_limit(clinux_limit_open_files, 64, 64)
        _ = clinux_seccomp_confine(1)
    }
}
