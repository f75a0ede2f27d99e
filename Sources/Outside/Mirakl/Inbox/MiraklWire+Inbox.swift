import HTTP
import HTTPClient
import Kit

/// The calls of the inbox (contract, section 8). What customers write is kept in the ledger's own
/// tables, so the bodies are not kept a second time beside the calls.
extension MiraklWire {
  static let messagesNote = Array("(not kept: the messages are in the conversations)".utf8)
  static let filesNote = Array("(not kept: files are stored by their content)".utf8)

  func threads(_ query: MiraklThreadQuery) async -> Answer<MiraklThreadPage> {
    var sent = await read("M11", "/api/inbox/threads", query: query.text, relatedID: nil)
    sent.keep(Self.messagesNote)
    return sent.answer(MiraklThreadPage.page(from:))
  }

  func thread(_ id: String) async -> Answer<MiraklThread> {
    let path = "/api/inbox/threads/" + PercentEncoding.encode(id)
    var sent = await read("M10", path, query: "", relatedID: id)
    sent.keep(Self.messagesNote)
    return sent.answer(MiraklThread.thread(from:))
  }

  func open(_ orderID: String, _ opening: MiraklOpening) async -> Answer<MiraklOpening.Made> {
    let boundary = "quayside-" + UUIDv7.make().text
    let url = "\(account.baseURL)/api/orders/\(PercentEncoding.encode(orderID))/threads"
    var sent = await send(
      "OR43", "POST", url, body: opening.form(boundary: boundary), relatedID: orderID,
      type: "multipart/form-data; boundary=\(boundary)")
    sent.record = sent.record.with(
      requestBody: opening.input, requestContentType: "application/json")
    return sent.answer(MiraklOpening.made(from:))
  }

  func reply(_ id: String, _ reply: MiraklReply) async -> Answer<String?> {
    // Random enough to occur in no file.
    let boundary = "quayside-" + UUIDv7.make().text
    let url = "\(account.baseURL)/api/inbox/threads/\(PercentEncoding.encode(id))/message"
    var sent = await send(
      "M12", "POST", url, body: reply.form(boundary: boundary), relatedID: id,
      type: "multipart/form-data; boundary=\(boundary)")
    sent.record = sent.record.with(
      requestBody: reply.input, requestContentType: "application/json")
    return sent.answer(MiraklReply.messageID(from:))
  }

  /// - Parameter bytesMax: a longer file is not read to its end.
  func attachment(_ id: String, bytesMax: Int) async -> Answer<[UInt8]> {
    let url =
      "\(account.baseURL)/api/inbox/threads/\(PercentEncoding.encode(id))/download"
    var sent = await send(
      "M13", "GET", url, body: nil, relatedID: id, accept: "application/octet-stream, */*;q=0.1",
      bytesMax: bytesMax)
    let body = sent.body
    sent.keep(Self.filesNote)
    return sent.answer { _ throws(OutsideError) in body }
  }
}

extension MiraklWire.Sent {
  fileprivate mutating func keep(_ note: [UInt8]) {
    if error == nil, !record.responseBody.isEmpty { record = record.with(responseBody: note) }
  }
}
