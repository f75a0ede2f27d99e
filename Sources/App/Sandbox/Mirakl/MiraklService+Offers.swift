import HTTP
import Kit

extension MiraklService {
  /// OF21.
  func offers(_ request: HTTPRequest, _ shop: Int) -> Reply {
    func number(_ name: String, _ fallback: Int) -> Int? {
      guard let text = request.query.first(where: { $0.0 == name })?.1 else { return fallback }
      return Int(text).flatMap { $0 >= 0 ? $0 : nil }
    }
    guard let most = number("max", 10), (1...100).contains(most) else {
      return MiraklError.field("max", "must be between 1 and 100")
    }
    guard let offset = number("offset", 0) else {
      return MiraklError.field("offset", "must not be negative")
    }
    let wanted = request.query.first { $0.0 == "sku" }?.1
    return shelf.enter { state, _ in
      let all = state.offers[shop].values.filter { wanted == nil || $0.sku == wanted }
        .sorted { $0.sku < $1.sku }
      let page = all.dropFirst(offset).prefix(most)
      return .json([
        "offers": .array(page.map(\.json)), "total_count": .int(Int64(all.count)),
      ])
    }
  }

  /// STO01.
  func stockImport(_ request: HTTPRequest, _ shop: Int, _ faults: Faults) -> Reply {
    if let limit = settings.stockImportLimit,
      let wait = limiter.wait("STO01 " + settings.shops[shop].apiKey, limit, now: settings.now())
    {
      var reply = MiraklError.single(429, "HTTP 429 Too Many Requests")
      reply.headers.append(("Retry-After", "\(wait)"))
      return reply
    }
    let type = request.headers["Content-Type"] ?? ""
    guard type.lowercased().hasPrefix("multipart/form-data"),
      let mark = type.firstRange(of: "boundary=")
    else { return MiraklError.single(415, "HTTP 415 Unsupported Media Type") }
    let boundary = type[mark.upperBound...].filter { $0 != "\"" }
    guard let file = Self.part("file", of: request.body, boundary: boundary) else {
      return MiraklError.field("file", "is required")
    }
    var reader = CSVReader(separator: ";")
    let all = reader.take(file) + reader.finish()
    let names = all.first?.fields ?? []
    guard let sku = names.firstIndex(of: "offer-sku"),
      let quantity = names.firstIndex(of: "quantity")
    else { return MiraklError.field("file", "the columns offer-sku and quantity are required") }
    let rows = all.dropFirst().map { row in
      (
        line: row.line, sku: sku < row.fields.count ? row.fields[sku] : "",
        quantity: quantity < row.fields.count ? Int64(row.fields[quantity]) : nil
      )
    }
    let isDropped = faults.has(.writeDropped)
    return .json(["import_id": .string(shelf.take(isDropped ? [] : rows, shop: shop))], status: 201)
  }

  /// STO02.
  func stockStatus(_ id: String, _ shop: Int) -> Reply {
    shelf.enter { state, _ in
      guard let file = state.imports[id], file.shop == shop else {
        return MiraklError.single(404, "No import \(id)")
      }
      var members: [(String, JSON)] = [
        ("import_id", .string(id)), ("shop_id", .int(settings.shops[shop].id)),
        ("status", file.isComplete ? "COMPLETE" : "RUNNING"),
        ("has_error_report", .bool(!file.problems.isEmpty)),
        ("date_created", .string(file.createdAt.iso8601)),
      ]
      if file.isComplete {
        members.append(("lines_in_success", .int(Int64(file.rows.count - file.problems.count))))
        members.append(("lines_in_error", .int(Int64(file.problems.count))))
      }
      return .json(.object(members))
    }
  }

  /// The content of one field of a form.
  private static func part(_ name: String, of body: [UInt8], boundary: String) -> [UInt8]? {
    let text = String(decoding: body, as: UTF8.self)
    for piece in text.split(separator: "--" + boundary) {
      guard let gap = piece.firstRange(of: "\r\n\r\n"),
        piece[..<gap.lowerBound].contains("name=\"\(name)\"")
      else { continue }
      var content = piece[gap.upperBound...]
      if content.hasSuffix("\r\n") { content = content.dropLast(1) }
      return Array(content.utf8)
    }
    return nil
  }
}

extension OfferShelf.Offer {
  /// The members that a seller's stock is about, and a few of the others.
  fileprivate var json: JSON {
    let cents = cents % 100
    let price = JSON.decimal("\(self.cents / 100).\(cents < 10 ? "0" : "")\(cents)")
    return .object([
      ("active", .bool(quantity > 0)), ("currency_iso_code", "CAD"),
      ("inactivity_reasons", quantity > 0 ? [] : ["ZERO_QUANTITY"]), ("offer_id", .int(id)),
      ("price", price), ("product_sku", .string("P-\(id)")), ("product_title", .string(title)),
      ("quantity", .int(quantity)), ("shop_sku", .string(sku)), ("state_code", "11"),
      ("total_price", price),
    ])
  }
}
