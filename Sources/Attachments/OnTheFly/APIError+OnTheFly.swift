import Imaging
import S3Protocol
import StyleAddresses

// What is refused under `/-/styles/`.
extension APIError {
    /// An address that cannot be answered: 403 for one that nobody signed or whose time is over, else 400.
    static func styleAddress(_ error: StyleAddressError) -> APIError {
        let isForbidden = [.badSignature, .expired, .forbiddenOption].contains(error.code)
        return APIError(status: isForbidden ? 403 : 400, Failure(error.code.rawValue, error.message))
    }

    /// 404: there are no such styles on this server.
    package static func onTheFlyOff() -> APIError {
        APIError(
            status: 404,
            Failure("on_the_fly_off", "Styles on the fly are made of no bucket here; on_the_fly.buckets is empty.")
        )
    }

    /// 403: not of this bucket.
    static func bucketNotOnTheFly(_ bucket: BucketName) -> APIError {
        APIError(
            status: 403,
            Failure(
                "bucket_not_allowed",
                "Styles on the fly are not made of pictures in '\(bucket)'; on_the_fly.buckets names those that may be used."
            )
        )
    }

    /// 404: no object.
    static func sourceNotFound(_ source: StyleSource) -> APIError {
        APIError(status: 404, Failure("source_not_found", "There is no object \(source.text)."))
    }

    /// 422: not a picture that can be rendered so.
    static func notRendered(_ failure: RenderFailure, retryAfter: Int64? = nil) -> APIError {
        let reason = FailureReason(failure)
        guard failure.code != .worker, failure.code != .destination else {
            return APIError(status: 500, Failure(reason.code, "The picture could not be rendered: \(reason.message)"))
        }
        return APIError(
            status: 422,
            Failure(reason.code, "The picture cannot be rendered: \(reason.message)"),
            retryAfter: retryAfter
        )
    }

    /// 503: too many at once.
    static func onTheFlyBusy(limit: Int) -> APIError {
        .unavailable("\(limit) styles are being made already (on_the_fly.queue); try again shortly.", retryAfter: 1)
    }

    /// 503: nobody can render.
    static func notRendered(_ error: ImagingError) -> APIError {
        switch error.code {
        case .queueFull, .shutDown: .unavailable("The image workers are busy; try again shortly.", retryAfter: 1)
        // Its own message has a path of the server; the log has it.
        default: .unavailable("There is no image worker now, so pictures cannot be rendered.", retryAfter: 60)
        }
    }
}
