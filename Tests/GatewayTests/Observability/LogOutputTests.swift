import Glibc
import ObjectStorage
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(5))) struct LogOutputTests {
    /// A pipe that holds 4,096 bytes, and what is read from it to its end, once `reading` was begun.
    private final class Pipe: Sendable {
        let input: CInt
        private let output: CInt
        private let reader = BlockingPool(threadCount: 1)

        init() throws {
            var ends: [CInt] = [0, 0]
            try #require(pipe(&ends) == 0)
            for end in ends { try #require(fcntl(end, F_SETFD, FD_CLOEXEC) == 0) }
            (output, input) = (ends[0], ends[1])
            // F_SETPIPE_SZ of Linux, which Glibc's module does not have.
            try #require(fcntl(input, 1_031, 4_096) == 4_096)
        }

        /// Its lines; the writing end is to be closed meanwhile.
        func lines() async throws -> [String] {
            try await reader.run { [output] in
                var all: [UInt8] = []
                var piece = [UInt8](repeating: 0, count: 1_000)
                while case let count = read(output, &piece, piece.count), count > 0 { all += piece.prefix(count) }
                close(output)
                return all.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
            }
        }
    }

    private func note(_ count: Int) -> [UInt8] { Array("\(count) dropped\n".utf8) }

    @Test func `lines of many tasks come whole, all of them, and those of one task in its order`() async throws {
        let pipe = try Pipe()
        let output = LogOutput(pipe.input)
        async let found = pipe.lines()
        await withTaskGroup { group in
            for task in 0..<20 {
                group.addTask {
                    for number in 0..<100 {
                        let line =
                            "\(task) \(number) \(String(repeating: "x", count: (task * 100 + number) * 7 % 3_000))\n"
                        if task % 4 == 0 {
                            output.write(Array(line.utf8))
                        } else {
                            output.enqueue(Array(line.utf8), ifDropped: note)
                        }
                        // There is room for a megabyte.
                        if number % 10 == 9 { await output.flush() }
                    }
                }
            }
        }
        await output.flush()
        close(pipe.input)
        let lines = try await found.map { $0.split(separator: " ", omittingEmptySubsequences: false).map(String.init) }
        for task in 0..<20 {
            let own = lines.filter { $0[0] == "\(task)" }
            #expect(own.map { $0[1] } == (0..<100).map(String.init))
            #expect(own.map { $0[2].count } == (0..<100).map { (task * 100 + $0) * 7 % 3_000 })
        }
        #expect(lines.count == 2_000)
    }

    @Test func `a line longer than what a pipe takes in one piece comes whole`() async throws {
        let pipe = try Pipe()
        let output = LogOutput(pipe.input)
        async let found = pipe.lines()
        let long = String(repeating: "x", count: 10_000)
        for line in ["before", long, "after"] { output.enqueue(Array((line + "\n").utf8), ifDropped: note) }
        await output.flush()
        close(pipe.input)
        #expect(try await found == ["before", long, "after"])
    }

    @Test func `who brings lines does not wait for the reader, and what is missing is told`() async throws {
        let pipe = try Pipe()
        let line = Array((String(repeating: "x", count: 999) + "\n").utf8)
        let output = LogOutput(pipe.input, capacity: 10_000, gathering: .zero)
        // Nobody reads: the pipe takes 4,096 bytes, the thread waits with what it took, the queue gets full.
        for _ in 0..<100 { output.enqueue(line, ifDropped: note) }
        async let found = pipe.lines()
        await output.flush()
        close(pipe.input)
        let lines = try await found
        let whole = lines.count { $0.count == 999 }
        let dropped = lines.compactMap { $0.hasSuffix(" dropped") ? Int($0.prefix { $0 != " " }) : nil }
        #expect(whole >= 10)
        #expect(whole + dropped.reduce(0, +) == 100)
        #expect(!dropped.isEmpty && whole + dropped.count == lines.count)
    }
}
