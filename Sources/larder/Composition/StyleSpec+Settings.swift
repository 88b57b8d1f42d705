import Attachments
import Configuration
import FoundationEssentials
import Imaging
import S3Protocol

extension StyleSpec {
    /// The style that an object of `attachments.styles` describes.
    ///
    /// - Throws: `ConfigurationError` with what the style's own reader says.
    static func decode(_ value: JSONValue) throws -> StyleSpec {
        do {
            return try JSONDecoder().decode(StyleSpec.self, from: Data(value.compactText.utf8))
        } catch {
            throw ConfigurationError("attachments.styles: \(value.compactText) is no style: \(error)")
        }
    }
}
