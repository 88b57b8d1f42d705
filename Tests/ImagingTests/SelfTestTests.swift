import Glibc
import Imaging
import Testing

@Suite("Self-test", .enabled(if: RealWorker.isBuilt, "larder-imaged is not built")) struct SelfTestTests {
    @Test(arguments: [ImageKind.standardSources, ImageKind.allCases])
    func `the worker's own test passes here`(kinds: [ImageKind]) throws {
        var program = WorkerProgram()
        program.kinds = kinds
        let report = try program.selfTest()
        #expect(report.passed, "\(report.checks.filter { !$0.passed })")
        #expect(report.checks.count >= 7 && report.seccomp)
        #expect(report.library.hasPrefix("8."))
        #expect(report.kinds.contains("jpeg"))
    }

    @Test func `a program that is there and is no worker is told by what it says`() {
        let error = #expect(throws: ImagingError.self) { try WorkerProgram(path: "/bin/echo").selfTest() }
        #expect(error?.code == .workerBroken && error?.message.contains("--self-test") == true)
        let missing = #expect(throws: ImagingError.self) { try WorkerProgram(path: "/nonexistent").selfTest() }
        #expect(missing?.code == .workerMissing)
    }
}
