/// What stands in front of a MessagePack value: its type, with the value itself where it is short.
///
/// Lengths and counts are checked against the bytes that follow before they are handed out.
enum MessagePackHead: Equatable {
    case null
    case boolean(Bool)
    case unsigned(UInt64)
    case negative(Int64)
    /// A floating-point number, of so many bytes.
    case float(Int)
    case text(Int)
    case binary(Int)
    case array(Int)
    case map(Int)
    case extended(type: Int8, length: Int)

    /// The type's name in messages.
    var name: String {
        switch self {
        case .null: "nil"
        case .boolean: "a boolean"
        case .unsigned, .negative: "an integer"
        case .float: "a float"
        case .text: "a string"
        case .binary: "binary data"
        case .array: "an array"
        case .map: "a map"
        case .extended: "an extension"
        }
    }

    /// How many bytes of content follow that are no values of their own.
    var contentLength: Int {
        switch self {
        case .null, .boolean, .unsigned, .negative, .array, .map: 0
        case .float(let length), .text(let length), .binary(let length), .extended(_, let length): length
        }
    }

    /// How many values follow inside this one.
    var childCount: Int {
        switch self {
        case .array(let count): count
        case .map(let count): 2 * count
        default: 0
        }
    }
}
