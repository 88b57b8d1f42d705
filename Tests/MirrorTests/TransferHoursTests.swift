import Mirror
import Testing

@Suite("Hours in which objects are sent") struct TransferHoursTests {
    private static func second(_ hour: Int, _ minute: Int = 0) -> Int { (hour * 60 + minute) * 60 }

    @Test(arguments: [
        ("22:00-06:00", second(23), 0), ("22:00-06:00", second(0), 0), ("22:00-06:00", second(6), second(16)),
        ("22:00-06:00", second(21, 59), 60), ("22:00-06:00", second(22), 0), ("08:30-17:00", second(8, 30), 0),
        ("08:30-17:00", second(17), second(15, 30)), ("08:30-17:00", second(0), second(8, 30)),
        ("00:00-24:00", second(23, 59), 0),
    ])
    func `the wait until they begin is told`(text: String, second: Int, wait: Int) throws {
        #expect(try #require(TransferHours(text)).wait(atSecond: second) == wait)
    }

    @Test(arguments: [
        "", "22-06", "22:00", "22:00-22:00", "24:30-01:00", "22:60-01:00", "2:00-03:00", "+2:00-03:00", "a",
    ])
    func `other texts are none`(text: String) {
        #expect(TransferHours(text) == nil)
    }
}
