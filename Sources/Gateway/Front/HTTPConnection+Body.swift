import NIOCore
import NIOHTTP1

extension HTTPConnection {
    /// Called whenever the handler waits for bytes: says `100 Continue` if it was asked for, and reads on.
    func bodyIsWanted() {
        if let exchange, exchange.awaitsContinue, exchange.body.receivedLength == 0, !exchange.isResponseBegun {
            exchange.awaitsContinue = false
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context?.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
        readIfHeld()
    }

    /// Looks from time to time whether the body comes fast enough.
    func watchBody(of exchange: Exchange) {
        startTimer(services.configuration.bodyWindow) { connection in
            guard let exchange = connection.exchange, !exchange.isRequestComplete, !exchange.isResponseComplete else {
                return
            }
            connection.judgeSpeed(of: exchange)
        }
    }

    private func judgeSpeed(of exchange: Exchange) {
        let received = exchange.body.receivedLength
        if exchange.body.isAwaited {
            if let baseline = exchange.slownessBaseline,
                received - baseline < services.configuration.minimumBodyProgress
            {
                return exchange.body.fail(.tooSlow)
            }
            exchange.slownessBaseline = received
        } else {
            exchange.slownessBaseline = nil
        }
        watchBody(of: exchange)
    }
}
