extension StyleSpec {
    /// The version of what the pipeline makes of a style; raised when the same style would give other bytes.
    package static let pipelineVersion = 1

    /// The style as one line in one spelling, pipeline version included, name excluded: equal lines, equal results.
    ///
    /// Its digest together with that of the source names a result. A property added later appears only when it differs from
    /// its default, so that the names of results that exist already do not change.
    package var canonicalText: String {
        var parts = [
            "pipeline=\(Self.pipelineVersion)", "width=\(width)", "height=\(height)", "mode=\(mode.rawValue)",
            "gravity=\(gravity.rawValue)", "format=\(format.rawValue)", "quality=\(quality)",
            "background=\(background.text)",
        ]
        if enlarge { parts.append("enlarge=true") }
        if sharpen > 0 { parts.append("sharpen=\(sharpen)") }
        if metadata != .strip { parts.append("metadata=\(metadata.rawValue)") }
        if animated { parts.append("animated=true") }
        if page > 1 { parts.append("page=\(page)") }
        if flatten { parts.append("flatten=true") }
        return (parts + framing.canonicalParts).joined(separator: ";")
    }
}
