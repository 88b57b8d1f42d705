package import Imaging
package import S3Protocol

/// What an address asks for once its options are applied.
package struct StyleRequest: Hashable, Sendable {
    /// What the options are held against.
    package struct Terms: Sendable {
        /// The styles that `preset` may name at the place of the source.
        package var styles: [StyleSpec]
        /// Whether only `preset`, `format` and what does not touch the pixels may be said.
        package var presetsOnly: Bool
        /// The time.
        package var now: Timestamp

        /// Terms of these parts.
        package init(styles: [StyleSpec], presetsOnly: Bool = false, now: Timestamp) {
            self.styles = styles
            self.presetsOnly = presetsOnly
            self.now = now
        }
    }

    /// The name that styles of addresses have, which name none.
    package static let styleName = "on-the-fly"

    /// The object that the style is made of.
    package let source: StyleSource
    /// The style; of the format `auto` unless the address names one.
    package let style: StyleSpec
    /// Whether the quality was left to the format.
    package let hasStandardQuality: Bool
    /// When the address ends.
    package let expires: Timestamp?
    /// The name under which a browser saves the result, without its extension.
    package let filename: String?
    /// Whether a browser saves the result instead of showing it.
    package let isAttachment: Bool

    /// Applies the options of an address.
    ///
    /// - Throws: for the first option that cannot be honoured; `expired`.
    package init(_ address: StyleAddress, _ terms: Terms) throws(StyleAddressError) {
        var options = StyleOptions(terms)
        for option in address.options { try options.apply(option) }
        if let format = address.format { try options.apply(StyleOption("format", format)) }
        source = address.source
        style = try options.style()
        hasStandardQuality = options.quality == nil
        expires = options.expires
        filename = options.filename
        isAttachment = options.isAttachment
    }

    /// The style in this format, for a request that names none.
    ///
    /// - Throws: never for a style that was valid.
    package func style(as format: StyleSpec.Format) throws -> StyleSpec {
        try StyleSpec(
            name: style.name,
            width: style.width,
            height: style.height,
            mode: style.mode,
            gravity: style.gravity,
            format: format,
            quality: hasStandardQuality ? nil : style.quality,
            background: style.background,
            enlarge: style.enlarge,
            sharpen: style.sharpen,
            metadata: style.metadata,
            animated: style.animated,
            page: style.page,
            flatten: style.flatten,
            framing: style.framing
        )
    }
}
