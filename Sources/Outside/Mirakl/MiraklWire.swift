import HTTP
import HTTPClient
import Kit

/// Sends for one shop: headers, addresses, and what came of it.
struct MiraklWire: Sendable {
  let account: MiraklAccount
  let http: HTTPClient
  let deadline: Duration

  /// What went over the wire for one call.
  struct Sent {
    var record: CallRecord
    var body: [UInt8] = []
    var error: OutsideError?

    func answer<Value: Sendable>(
      _ decode: ([UInt8]) throws(OutsideError) -> Value
    ) -> Answer<Value> {
      do throws(OutsideError) {
        if let error { throw error }
        return Answer(call: record, result: .success(try decode(body)))
      } catch {
        return Answer(call: record.failed(error.message), result: .failure(error))
      }
    }
  }

  func read(
    _ endpoint: String, _ path: String, query: String, relatedID: String?
  ) async -> Sent {
    var url = account.baseURL + path
    if !query.isEmpty { url += "?" + query }
    return await send(endpoint, "GET", url, body: nil, relatedID: relatedID)
  }

  /// A PUT on an order; 204 without a body is its success.
  func change(
    _ endpoint: String, _ orderID: String, _ verb: String, _ body: [UInt8]?
  ) async -> Answer<Void> {
    let sent = await send(
      endpoint, "PUT", address(orderID, verb), body: body, relatedID: orderID)
    return sent.answer { body throws(OutsideError) in
      // A login or error page with status 200 is no answer of the marketplace.
      guard MiraklErrors.isPage(body) else { return }
      let why = "a page instead of an answer"
      throw OutsideError(
        service: MiraklErrors.service, status: sent.record.statusCode, message: why,
        classification: .unknownOutcome(why))
    }
  }

  func post(
    _ endpoint: String, _ path: String, _ body: [UInt8], contentType: String
  ) async -> Sent {
    await send(
      endpoint, "POST", account.baseURL + path, body: body, relatedID: nil,
      type: contentType)
  }

  func address(_ orderID: String, _ verb: String) -> String {
    "\(account.baseURL)/api/orders/\(PercentEncoding.encode(orderID))/\(verb)"
  }

  func send(
    _ endpoint: String, _ method: String, _ url: String, body: [UInt8]?, relatedID: String?,
    type: String = "application/json", accept: String = "application/json",
    bytesMax: Int = 16 << 20
  ) async -> Sent {
    var url = url
    // Always said: without it the user's default shop would be read, or changed, silently.
    if let shop = account.miraklShopID {
      url += url.utf8.contains(UInt8(ascii: "?")) ? "&shop_id=\(shop)" : "?shop_id=\(shop)"
    }
    var headers: HTTPHeaders = ["Authorization": account.apiKey, "Accept": accept]
    if body != nil { headers.append("Content-Type", type) }
    let (record, result) = await http.recorded(
      HTTPClientRequest(
        method: method, url: url, headers: headers, body: body, deadline: deadline,
        maxResponseBytes: bytesMax),
      service: MiraklErrors.service, endpoint: endpoint, relatedID: relatedID)
    let isRead = method == "GET"
    switch result {
    case .failure(let error):
      return Sent(record: record, error: MiraklErrors.error(error, isRead: isRead))
    case .success(let response) where (200..<300).contains(response.status):
      return Sent(record: record, body: response.body)
    case .success(let response):
      return Sent(record: record, error: MiraklErrors.error(response, isRead: isRead))
    }
  }
}
