internal import CLinux
internal import Glibc
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
        let seccomp = isLocked && clinux_seccomp_confine(clinux_confined_zygote) == 0
        return Report(landlock: max(0, Int(landlock)), seccomp: seccomp)
    }

    /// Bounds the process of one job, and takes from it what only the zygote needs.
    static func confineJob(_ limits: ImagingLimits) {
        bound(limits, largestFile: limits.resultBytes)
        _ = clinux_seccomp_confine(clinux_confined_leaf)
    }

    /// Bounds a process that is about to become `program`: no new privileges, no capability, no network, no process but
    /// itself; of files only the program, what it loads, and the one on standard input, for reading.
    static func confineProgram(_ program: ELFProgram, _ limits: ImagingLimits) {
        guard clinux_no_new_privileges() == 0 else { return }
        _ = clinux_drop_capabilities()
        withCStrings(ELFProgram.libraries) { libraries in
            withCStrings(program.files) { files in
                var grants = clinux_grants(readable: libraries, runnable: files, file: STDIN_FILENO)
                _ = clinux_landlock_deny_all_but(&grants)
            }
        }
        bound(limits, largestFile: limits.frameBytes)
        _ = clinux_seccomp_confine(clinux_confined_program)
    }

    private static func bound(_ limits: ImagingLimits, largestFile: Int) {
        _ = clinux_die_with_parent()
        let cpu = limits.cpuSeconds
        _ = clinux_limit(clinux_limit_core, 0, 0)
        _ = clinux_limit(clinux_limit_cpu, cpu, cpu + 1)
        _ = clinux_limit(clinux_limit_address_space, UInt64(limits.addressSpace), UInt64(limits.addressSpace))
        _ = clinux_limit(clinux_limit_file_size, UInt64(largestFile), UInt64(largestFile))
        _ = clinux_limit(clinux_limit_open_files, 64, 64)
    }
}
