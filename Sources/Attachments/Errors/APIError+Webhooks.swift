// What is refused about webhooks; the texts are read at a command line.
extension APIError {
    /// 409: no delivery among those that were named was given up.
    package static func deliveryNotDead() -> APIError {
        APIError(
            status: 409,
            Failure(
                "delivery_not_dead",
                "None of these is a dead delivery; `larder webhooks list --state dead` shows those there are."
            )
        )
    }

    /// 409: the endpoint is not switched off.
    package static func endpointNotDisabled(_ name: String) -> APIError {
        APIError(
            status: 409,
            Failure("endpoint_not_disabled", "'\(name)' is no endpoint that is off; `larder webhooks list` shows them.")
        )
    }
}
