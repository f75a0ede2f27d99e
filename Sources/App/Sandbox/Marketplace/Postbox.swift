import Kit
import Synchronization

/// The marketplace's inbox: threads between customers, shops and the marketplace, and what is
/// written in them. Thread-safe; nothing in it waits.
final class Postbox: Sendable {
  struct Message: Sendable {
    enum From: String, Sendable {
      case customer = "CUSTOMER_USER"
      case shop = "SHOP_USER"
      case `operator` = "OPERATOR_USER"
    }

    struct File: Sendable {
      let id: String
      let name: String
      let bytes: [UInt8]
    }

    let id: String
    let from: From
    let name: String
    let body: String
    let at: Timestamp
    /// CUSTOMER, SHOP, OPERATOR.
    let to: [String]
    var files: [File] = []
  }

  struct Thread: Sendable {
    let id: String
    let shop: Int
    var topicType = "FREE_TEXT"
    var topic: String
    let orderID: String?
    let customerID: String
    let customerName: String
    let created: Timestamp
    var updated: Timestamp
    var messages: [Message] = []
    /// M12 calls that arrived, whatever became of them.
    var calls = 0
    var isNoReplyNeeded: Timestamp?

    /// The shop owes an answer since the customer wrote; an answer to the customer clears it.
    var replyNeededSince: Timestamp? {
      var since: Timestamp?
      for message in messages {
        switch message.from {
        case .customer: since = since ?? message.at
        case .shop where message.to.contains("CUSTOMER"): since = nil
        case .shop, .operator: break
        }
      }
      return since
    }
  }

  struct State {
    var threads: [Thread] = []
    var byID: [String: Int] = [:]
    /// Attachment to its file.
    var files: [String: Message.File] = [:]
    var invented = 0
  }

  /// Of a thread (contract, 8.4).
  static let messagesMax = 1_000

  let settings: SandboxSettings
  private let state = Mutex(State())

  init(settings: SandboxSettings) {
    self.settings = settings
  }

  func reset() { state.withLock { $0 = State() } }

  func enter<R>(_ body: (inout State, Timestamp) -> R) -> R {
    // The inbox's dates carry milliseconds, no more.
    let now = settings.now()
    let moment = Timestamp(microseconds: now.microseconds / 1_000 * 1_000)
    return state.withLock { body(&$0, moment) }
  }

  /// A customer writes, in the thread of that id or in a new one.
  /// - Returns: the thread's and the message's id; `nil` when there is no such thread.
  func write(
    thread id: String?, shop: Int, orderID: String?, topic: String, customer: String,
    customerID: String, body: String, from: Message.From = .customer, at: Timestamp? = nil,
    files: [(name: String, bytes: [UInt8])] = []
  ) -> (thread: String, message: String)? {
    enter { state, now in
      let moment = at ?? now
      let index: Int
      if let id {
        guard let found = state.byID[id] else { return nil }
        index = found
      } else {
        let made = Thread(
          id: Self.uuid(), shop: shop, topic: topic, orderID: orderID, customerID: customerID,
          customerName: customer, created: moment, updated: moment)
        index = state.threads.count
        state.byID[made.id] = index
        state.threads.append(made)
      }
      let to = from == .shop ? ["CUSTOMER"] : ["SHOP"]
      let name =
        switch from {
        case .customer: state.threads[index].customerName
        case .shop: settings.shops[state.threads[index].shop].name
        case .operator: "Marketplace support"
        }
      let message = state.add(
        to: index, from: from, name: name, body: body, recipients: to, files: files, at: moment)
      return (state.threads[index].id, message)
    }
  }

  /// M12.
  func reply(
    in id: String, shop: Int, body: String, to: [String], files: [(name: String, bytes: [UInt8])]
  ) -> Result<(thread: String, message: String), PostboxRefusal> {
    enter { state, now in
      guard let index = state.byID[id], state.threads[index].shop == shop else {
        return .failure(.noThread)
      }
      state.threads[index].calls += 1
      guard state.threads[index].messages.count < Self.messagesMax else {
        return .failure(.field("thread", "has \(Self.messagesMax) messages already"))
      }
      let message = state.add(
        to: index, from: .shop, name: settings.shops[shop].name, body: body, recipients: to,
        files: files, at: now)
      return .success((id, message))
    }
  }

  /// OR43: the shop begins.
  func open(
    about order: String, shop: Int, topic: String, body: String, to: [String]
  ) -> (thread: String, message: String) {
    enter { state, now in
      let made = Thread(
        id: Self.uuid(), shop: shop, topic: topic, orderID: order, customerID: "c-" + order,
        customerName: "Customer of \(order)", created: now, updated: now)
      let index = state.threads.count
      state.byID[made.id] = index
      state.threads.append(made)
      state.threads[index].calls = 1
      let message = state.add(
        to: index, from: .shop, name: settings.shops[shop].name, body: body, recipients: to,
        files: [], at: now)
      return (made.id, message)
    }
  }

  static func uuid() -> String { UUIDv7.make().text }
}

enum PostboxRefusal: Error {
  case noThread
  case field(String, String)
}

extension Postbox.State {
  mutating func add(
    to index: Int, from: Postbox.Message.From, name: String, body: String, recipients: [String],
    files: [(name: String, bytes: [UInt8])], at moment: Timestamp
  ) -> String {
    var message = Postbox.Message(
      id: Postbox.uuid(), from: from, name: name, body: body, at: moment, to: recipients)
    message.files = files.map {
      Postbox.Message.File(id: Postbox.uuid(), name: $0.name, bytes: $0.bytes)
    }
    for file in message.files { self.files[file.id] = file }
    threads[index].messages.append(message)
    threads[index].updated = max(threads[index].updated, moment)
    return message.id
  }
}
