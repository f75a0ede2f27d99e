import HTTP
public import HTTPClient
public import Kit

/// The marketplace's seller API, as values that a test can replace one by one.
///
/// Every call is made once; what it came to is an `Answer` with its record. None throws.
public struct MiraklClient: Sendable {
  /// OR11.
  public var orders: @Sendable (MiraklOrderQuery) async -> Answer<MiraklOrderPage>
  /// OR21: every line of the order in the one call.
  public var accept: @Sendable (_ orderID: String, [(lineID: String, accepted: Bool)]) async -> Answer<Void>
  /// OR23.
  public var tracking: @Sendable (_ orderID: String, MiraklTracking) async -> Answer<Void>
  /// OR24.
  public var ship: @Sendable (_ orderID: String) async -> Answer<Void>
  /// OR29.
  public var cancel: @Sendable (_ orderID: String) async -> Answer<Void>
  /// SH21.
  public var carriers: @Sendable () async -> Answer<[MiraklCarrier]>
  /// A01, only the shop's number, name and state: the answer holds bank data and is never recorded.
  public var account: @Sendable () async -> Answer<MiraklShop>
}

public enum MiraklTracking: Sendable {
  case registered(carrierCode: String, trackingNumber: String)
  case unregistered(carrierName: String, carrierURL: String, trackingNumber: String)

  var json: JSON {
    switch self {
    case .registered(let code, let number):
      ["carrier_code": .string(code), "tracking_number": .string(number)]
    case .unregistered(let name, let url, let number):
      ["carrier_name": .string(name), "carrier_url": .string(url), "tracking_number": .string(number)]
    }
  }
}

public struct MiraklCarrier: Sendable {
  public var code: String
  public var label: String
}

public struct MiraklShop: Sendable {
  public var id: Int64?
  public var name: String?
  public var state: String?
}

extension MiraklClient {
  public static func live(
    _ account: MiraklAccount, http: HTTPClient, deadline: Duration = .seconds(30)
  ) -> MiraklClient {
    let wire = Wire(account: account, http: http, deadline: deadline)
    return MiraklClient(
      orders: { query in
        let sent = await wire.send("OR11", "GET", "/api/orders", wire.query(query), relatedID: nil)
        return sent.decoded { body throws(OutsideError) in
          try MiraklOrderPage.decode(body, offset: query.offset, max: query.max)
        }
      },
      accept: { id, lines in
        let body = JSON.object([
          ("order_lines",
            .array(lines.map { ["id": .string($0.lineID), "accepted": .bool($0.accepted)] }))
        ])
        return await wire.change("OR21", id, "accept", body.bytes)
      },
      tracking: { id, tracking in
        await wire.change("OR23", id, "tracking", tracking.json.bytes)
      },
      ship: { id in await wire.change("OR24", id, "ship", nil) },
      cancel: { id in await wire.change("OR29", id, "cancel", nil) },
      carriers: {
        let sent = await wire.send("SH21", "GET", "/api/shipping/carriers", [], relatedID: nil)
        return sent.decoded { body throws(OutsideError) in
          guard let list = (try? JSONValue.parse(body))?["carriers"] else {
            throw MiraklErrors.unreadable("no list of carriers")
          }
          return list.elements.compactMap { carrier in
            guard let code = carrier["code"]?.text else { return nil }
            return MiraklCarrier(code: code, label: carrier["label"]?.text ?? code)
          }
        }
      },
      account: {
        var sent = await wire.send("A01", "GET", "/api/account", [], relatedID: nil)
        let body = sent.body
        sent.record.responseBody = Array("(not kept: it holds bank data)".utf8)
        sent.body = body
        return sent.decoded { body throws(OutsideError) in
          guard let value = try? JSONValue.parse(body) else {
            throw MiraklErrors.unreadable("no account")
          }
          return MiraklShop(
            id: value["shop_id"]?.int, name: value["shop_name"]?.text, state: value["shop_state"]?.text)
        }
      })
  }
}

/// What went over the wire for one call.
private struct Sent {
  var record: CallRecord
  var body: [UInt8]
  var error: OutsideError?

  func decoded<Value: Sendable>(
    _ decode: ([UInt8]) throws(OutsideError) -> Value
  ) -> Answer<Value> {
    var record = record
    if let error {
      record.problem = record.problem ?? error.message
      return Answer(call: record, result: .failure(error))
    }
    do {
      return Answer(call: record, result: .success(try decode(body)))
    } catch {
      record.isSuccess = false
      record.problem = error.message
      return Answer(call: record, result: .failure(error))
    }
  }
}

private struct Wire: Sendable {
  let account: MiraklAccount
  let http: HTTPClient
  let deadline: Duration

  func send(
    _ endpoint: String, _ method: String, _ path: String, _ query: [(String, String)],
    body: [UInt8]? = nil, relatedID: String?
  ) async -> Sent {
    var pairs = query
    // Always said: without it the user's default shop would be read silently.
    if let shop = account.miraklShopID { pairs.append(("shop_id", "\(shop)")) }
    var url = account.baseURL + path
    if !pairs.isEmpty {
      url += "?" + pairs.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    }
    var headers: HTTPHeaders = ["Authorization": account.apiKey, "Accept": "application/json"]
    if body != nil { headers.append("Content-Type", "application/json") }
    let (record, result) = await http.recorded(
      HTTPClientRequest(method: method, url: url, headers: headers, body: body, deadline: deadline),
      service: MiraklErrors.service, endpoint: endpoint, relatedID: relatedID)
    let isRead = method == "GET"
    switch result {
    case .failure(let error):
      return Sent(record: record, body: [], error: MiraklErrors.error(error, isRead: isRead))
    case .success(let response) where (200..<300).contains(response.status):
      return Sent(record: record, body: response.body)
    case .success(let response):
      return Sent(
        record: record, body: response.body, error: MiraklErrors.error(response, isRead: isRead))
    }
  }

  /// A PUT on an order; 204 without a body is its success.
  func change(
    _ endpoint: String, _ orderID: String, _ verb: String, _ body: [UInt8]?
  ) async -> Answer<Void> {
    let path = "/api/orders/\(PercentEncoding.encode(orderID))/\(verb)"
    return await send(endpoint, "PUT", path, [], body: body, relatedID: orderID).decoded { _ in }
  }

  func query(_ query: MiraklOrderQuery) -> [(String, String)] {
    var pairs: [(String, String)] = []
    if !query.orderIDs.isEmpty {
      pairs.append(("order_ids", query.orderIDs.joined(separator: ",")))
    }
    if let start = query.startUpdateDate { pairs.append(("start_update_date", start.iso8601)) }
    if !query.states.isEmpty {
      pairs.append(("order_state_codes", query.states.joined(separator: ",")))
    }
    pairs.append(("max", "\(query.max)"))
    if query.offset > 0 { pairs.append(("offset", "\(query.offset)")) }
    return pairs
  }
}
