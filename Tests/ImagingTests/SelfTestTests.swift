import Glibc
import Imaging
import Testing

@Suite("Self-test", .enabled(if: RealWorker.isBuilt, "larder-imaged is not built")) struct SelfTestTests {
    @Test func `the worker's own test passes here`() throws {
        let pipe = try #require(popen("'\(WorkerProgram().path)' --self-test", "r"))
        var report = ""
        var line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, Int32(line.count), pipe) != nil {
            report += String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        #expect(pclose(pipe) == 0, "\(report)")
        #expect(report.contains("\"passed\" : true"))
    }
}
