import HTTP
import Kit

/// The endpoints under `/control`: the hand that moves the simulated world.
extension World {
  func control(_ request: HTTPRequest, _ path: [Substring]) -> Reply {
    let method = request.method
    switch (method, path.count, path.first ?? "") {
    case ("GET", 1, "health"): return .json(["status": "ok"])
    case ("GET", 1, "tally"): return .json(tally().json)
    case ("GET", 1, "orders"): return listOrders()
    case ("POST", 1, "orders"): return postOrders(request)
    case ("GET", 2, "orders"): return getOrder(String(path[1]))
    case ("POST", 3, "orders") where path[2] == "cancel":
      let id = String(path[1])
      return market.cancelFromOutside(id)
        ? .json(tally(of: id)) : Self.problem(409, "order \(id) cannot be canceled")
    case ("POST", 3, "orders") where path[2] == "state":
      return setState(String(path[1]), request)
    case ("GET", 1, "dials"): return getDials()
    case ("PUT", 1, "dials"): return putDials(request)
    case ("DELETE", 1, "dials"):
      dials.set([], seed: nil)
      return .noContent
    case (_, 1..., "threads"): return controlThreads(request, Array(path.dropFirst()))
    case (_, 2..., "google"): return controlGoogle(request, Array(path.dropFirst()))
    case ("PUT", 1, "model"): return putModel(request)
    case ("GET", 1, "model"):
      return .json(["requests": .array(model.requests.map { .raw($0) })])
    case ("GET", 1, "requests"): return getRequests(request)
    case ("POST", 1, "reset"):
      reset()
      return .noContent
    default:
      return Self.problem(404, "no control \(method) /control/\(path.joined(separator: "/"))")
    }
  }

  private static func problem(_ status: Int, _ text: String) -> Reply {
    .json(["error": .string(text)], status: status)
  }

  private func listOrders() -> Reply {
    let orders = market.enter { state, _ in
      state.orders.map { order in
        JSON.object([
          ("order_id", .string(order.id)), ("kind", .string(order.kind.rawValue)),
          ("state", .string(order.state.rawValue)),
        ])
      }
    }
    return .json(.object([("orders", .array(orders)), ("count", .count(orders.count))]))
  }

  /// `{"count":60,"kinds":["normal"],"shop":2001}`, `{"orders":[...]}` or one
  /// order in OR11's shape.
  private func postOrders(_ request: HTTPRequest) -> Reply {
    let limits = JSONLimits(bytes: Sandbox.mostBytes)
    guard let body = try? JSONValue.parse(request.body, limits: limits), body.kind == .object else {
      return Self.problem(400, "the body must be a JSON object")
    }
    guard let shop = shopIndex(body["shop"]) else {
      return Self.problem(400, "there is no such shop")
    }
    if let count = body["count"]?.int {
      guard (0...1_000_000).contains(count) else { return Self.problem(400, "count is too large") }
      var kinds: [OrderKind] = []
      for name in body["kinds"]?.elements.compactMap(\.string) ?? [] {
        guard let named = OrderKind.named(name) else {
          let known = OrderKind.allCases.map(\.rawValue).joined(separator: ", ")
          return Self.problem(400, "no kind \(name); there are normal, special, all, \(known)")
        }
        kinds += named
      }
      let added = market.invent(count: Int(count), kinds: kinds, shop: shop)
      let list = added.map { id, kind in
        JSON.object([("order_id", .string(id)), ("kind", .string(kind.rawValue))])
      }
      return .json(.object([("orders", .array(list))]), status: 201)
    }
    let given = body["orders"]?.elements ?? [body]
    var list: [JSON] = []
    do {
      for order in given {
        let id = try market.add(order, shop: shop)
        list.append(.object([("order_id", .string(id)), ("kind", "explicit")]))
      }
    } catch {
      return Self.problem(400, error.text)
    }
    return .json(.object([("orders", .array(list))]), status: 201)
  }

  /// The marketplace's number of a shop, or nothing for the first one.
  private func shopIndex(_ value: JSONValue?) -> Int? {
    guard let value, !value.isNull else { return settings.shops.isEmpty ? nil : 0 }
    return settings.shops.firstIndex { $0.id == value.int }
  }

  private func getOrder(_ id: String) -> Reply {
    let body: [UInt8]? = market.enter { state, _ in
      guard let at = state.byID[id] else { return nil }
      var bytes: [UInt8] = []
      state.orders[at].write(to: &bytes)
      return bytes
    }
    guard let body else { return Self.problem(404, "no order \(id)") }
    let order = JSON.raw(String(decoding: body, as: UTF8.self))
    return .json(.object([("order", order), ("tally", tally(of: id))]))
  }

  private func tally(of id: String) -> JSON {
    tally().orders[id]?.json ?? .null
  }

  private func setState(_ id: String, _ request: HTTPRequest) -> Reply {
    let body = try? JSONValue.parse(request.body)
    guard let name = body?["state"]?.string, let state = MarketState(rawValue: name) else {
      return Self.problem(400, "state must be one of the marketplace's states")
    }
    return market.force(id, to: state)
      ? .json(tally(of: id)) : Self.problem(409, "order \(id) cannot become \(name)")
  }

  private func getDials() -> Reply {
    let (seed, rules, fired) = dials.rules
    let list = zip(rules, fired).map { rule, fired -> JSON in
      guard case .object(let members) = rule.json else { return .null }
      return .object(members + [("fired", .count(fired))])
    }
    return .json(
      .object([("seed", .int(Int64(truncatingIfNeeded: seed))), ("rules", .array(list))]))
  }

  private func putDials(_ request: HTTPRequest) -> Reply {
    guard let body = try? JSONValue.parse(request.body), body.kind == .object else {
      return Self.problem(400, "the body must be {\"seed\": 7, \"rules\": [...]}")
    }
    var rules: [FaultRule] = []
    do {
      for rule in body["rules"]?.elements ?? [] { rules.append(try FaultRule(json: rule)) }
    } catch {
      return Self.problem(400, error.text)
    }
    dials.set(rules, seed: body["seed"]?.int.map { UInt64(bitPattern: $0) })
    return getDials()
  }

  private func getRequests(_ request: HTTPRequest) -> Reply {
    let (total, all) = log.last
    let limit = request.query.first { $0.0 == "limit" }.flatMap { Int($0.1) } ?? all.count
    let call = request.query.first { $0.0 == "call" }?.1
    let order = request.query.first { $0.0 == "order" }?.1
    let chosen = all.filter { entry in
      (call.map { $0 == entry.call } ?? true) && (order.map { $0 == entry.order } ?? true)
    }.suffix(max(0, limit))
    return .json(
      .object([("total", .count(total)), ("requests", .array(chosen.map(\.json)))]))
  }
}
