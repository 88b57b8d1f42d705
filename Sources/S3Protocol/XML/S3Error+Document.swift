extension S3Error {
    /// The error as an XML document, without namespace; empty only when memory runs out.
    package func document(requestID: String, hostID: String) -> [UInt8] {
        let bytes = try? XMLDocument.bytes(root: "Error", namespace: nil) { xml in
            xml.text("Code", code.rawValue)
            xml.text("Message", message)
            for detail in details { xml.text(detail.name, detail.value) }
            xml.text("RequestId", requestID)
            xml.text("HostId", hostID)
        }
        return bytes ?? []
    }
}
