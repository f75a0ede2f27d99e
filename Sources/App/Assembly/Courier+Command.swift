import Bookings
import Kit

extension Courier {
  /// A program of the operator's that sends what it gets on its standard input, as JSON, to the
  /// customer's phone. Exit status 0 says that it took it over.
  static func command(_ command: String, log: Log) -> Courier {
    Courier { delivery in
      let json = JSON.object([
        ("user_id", .string(delivery.businessID)), ("business", .string(delivery.businessName)),
        ("phone", .string(delivery.phone)), ("text", .string(delivery.text)),
        ("link", .string(delivery.link)), ("code", .string(delivery.code)),
      ])
      do {
        let done = try await ChildProcess.run(
          ["sh", "-c", command], input: json.bytes, deadline: .seconds(20))
        if !done.status.isSuccess {
          log.warning("the courier command failed", ["status": "\(done.status)"])
        }
        return done.status.isSuccess
      } catch {
        log.warning("the courier command failed", ["why": "\(error)"])
        return false
      }
    }
  }
}
