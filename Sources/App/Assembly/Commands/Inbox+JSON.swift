import Conversations
import CustomerService
import Effects
import Kit
import Ledger

extension MessagePullReport {
  var words: String {
    var text = "\(newMessages) new messages, \(newFromCustomers) of them from customers"
    if files > 0 { text += ", \(files) files" }
    if unreadable > 0 { text += ", \(unreadable) unreadable threads" }
    if let problem { text += "; ended early: \(problem)" }
    return text
  }

  var json: JSON {
    .object([
      ("threads", .int(Int64(threads))), ("new_messages", .int(Int64(newMessages))),
      ("from_customers", .int(Int64(newFromCustomers))), ("files", .int(Int64(files))),
      ("unreadable", .int(Int64(unreadable))), ("problem", .optional(problem)),
    ])
  }
}

extension ThreadSummary {
  var json: JSON {
    .object([
      ("number", .int(id)), ("thread", .string(threadID)), ("shop", .string(shopID)),
      ("status", .string(status.rawValue)), ("topic", .string(topic)),
      ("customer", .optional(customerName)), ("order", .optional(orderID)),
      ("messages", .int(Int64(messageCount))), ("last_message_at", .optional(lastMessageAt)),
      ("last_sender", .optional(lastSender?.rawValue)), ("answer_by", .optional(answerBy)),
      ("needs_person", .optional(needsPerson)), ("preview", .string(preview)),
    ])
  }
}

extension ThreadPage {
  var json: JSON {
    .object([
      ("thread", thread.json), ("newest", .int(newestMessage)),
      (
        "messages",
        .array(
          messages.map {
            .object([
              ("number", .int($0.id)), ("at", .string($0.at.iso8601)),
              ("sender_type", .string($0.sender.rawValue)),
              ("message_type", .string($0.type.rawValue)), ("name", .optional($0.senderName)),
              ("text", .string($0.text)), ("state", .optional($0.effectState?.rawValue)),
              ("outcome", .optional($0.outcome)), ("shown", .bool($0.isShown)),
              ("files", .array($0.files.map { .string($0.name) })),
            ])
          })
      ),
    ])
  }

  var words: String {
    let head =
      "\(thread.customerName ?? "?"): \(thread.topic) (order \(thread.orderID ?? "none"), "
      + "\(thread.status.rawValue), answer by \(thread.answerBy?.short ?? "-"))\n"
    return head
      + Table.text(
        ["number", "at", "who", "state", "says"],
        messages.map {
          [
            "\($0.id)", $0.at.short, $0.actor ?? $0.senderName ?? $0.sender.rawValue,
            $0.effectState?.rawValue ?? "-", $0.text,
          ]
        })
  }
}
