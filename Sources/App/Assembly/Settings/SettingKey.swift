/// One key of the configuration: its name, what it means and what holds when it is absent. The page
/// `docs/configuration.md` and `quayside help settings` are printed from this table.
struct SettingKey: Sendable {
  enum Scope: Sendable { case program, shop }

  /// Without the prefix `QUAYSIDE_`.
  let name: String
  let scope: Scope
  let fallback: String
  let meaning: String
  var isSecret = false

  var environmentName: String { name == "DATABASE_URL" ? name : "QUAYSIDE_" + name }

  /// The shop's own key; without it the key without the shop's name serves every shop.
  func environmentName(shop: String) -> String {
    "QUAYSIDE_SHOP_" + shop.uppercased().replacing("-", with: "_") + "_" + name
  }
}

extension SettingKey {
  static let all: [SettingKey] = [
    // The program
    .init(
      name: "DATABASE_URL", scope: .program, fallback: "",
      meaning:
        "PostgreSQL to use, postgres://user:password@host1,host2:5432/name. Empty: a private cluster in the state folder.",
      isSecret: true),
    .init(
      name: "SCHEMA", scope: .program, fallback: "",
      meaning:
        "Schema of all tables; one per seller group when one database serves several. Empty: the database's default."
    ),
    .init(
      name: "STATE", scope: .program, fallback: ".quayside",
      meaning: "State folder: labels, send journals, the private PostgreSQL."),
    .init(
      name: "DATABASE_CONNECTIONS", scope: .program, fallback: "8",
      meaning: "Connections of this process to PostgreSQL."),
    .init(
      name: "LISTEN", scope: .program, fallback: "127.0.0.1:8080",
      meaning: "Address and port of the web pages, the API and /metrics."),
    .init(
      name: "LOG", scope: .program, fallback: "auto",
      meaning: "json, text, or auto: text on a terminal, JSON elsewhere."),
    .init(
      name: "LOG_LEVEL", scope: .program, fallback: "info",
      meaning: "debug, info, warning or error."),
    .init(
      name: "NOTIFY_COMMAND", scope: .program, fallback: "",
      meaning:
        "Program that is run, with the failure as JSON on its standard input, whenever something needs a person."
    ),
    .init(
      name: "PUBLIC_URL", scope: .program, fallback: "",
      meaning:
        "Where browsers reach this server, for the links of confirmation pages: https://orders.example.com. With https:// the cookies of the pages are for encrypted connections alone. Empty: http:// and the address it listens on."
    ),
    .init(
      name: "PROXY", scope: .program, fallback: "off",
      meaning:
        "on: a proxy of yours stands in front and names each client last in X-Forwarded-For; sign-in limits and the audit trail then go by that. Never on without one."
    ),
    .init(
      name: "SESSION_IDLE", scope: .program, fallback: "8h",
      meaning: "Somebody who asks for no page this long has to sign in again."),
    .init(
      name: "SESSION_LIFE", scope: .program, fallback: "72h",
      meaning: "Everybody has to sign in again after this long."),
    .init(
      name: "COURIER_COMMAND", scope: .program, fallback: "",
      meaning:
        "Program that sends a link and a code to a customer's phone: it gets JSON with phone, text, link and code on its standard input. Empty: links are the agent's to pass on, which counts for less."
    ),
    .init(
      name: "LABEL_PRINTER", scope: .program, fallback: "",
      meaning:
        "CUPS printer that the packing bench sends labels to, by `lp`. Empty: labels are shown as PDF."
    ),
    .init(
      name: "MCP_ORIGINS", scope: .program, fallback: "",
      meaning:
        "Pages whose browsers may call /mcp, separated by commas: https://agents.example.com. Pages of this machine and of QUAYSIDE_PUBLIC_URL may anyway, programs always."
    ),
    .init(
      name: "AGENT_KEY", scope: .program, fallback: "",
      meaning: "API key of the agent that `quayside mcp` and `quayside chat` are.", isSecret: true),
    .init(
      name: "MODEL_URL", scope: .program, fallback: "",
      meaning:
        "OpenAI-compatible server of the language model that `quayside chat` talks to, with its version: http://127.0.0.1:11434/v1."
    ),
    .init(
      name: "MODEL_KEY", scope: .program, fallback: "", meaning: "API key of that server.",
      isSecret: true),
    .init(name: "MODEL_NAME", scope: .program, fallback: "", meaning: "The model, as it calls it."),
    .init(
      name: "MODEL_DEADLINE", scope: .program, fallback: "60s",
      meaning: "Of one answer of the model; it is tried three times."),
    .init(
      name: "GOOGLE_KEY_FILE", scope: .program, fallback: "",
      meaning:
        "Key file (JSON) of the service account that writes sheets and sends messages for businesses that name none of their own."
    ),
    .init(
      name: "GOOGLE_URL", scope: .program, fallback: "",
      meaning: "One address in place of all of Google's: a sandbox. Empty: Google's own."),
    .init(
      name: "FCM_PROJECT", scope: .program, fallback: "",
      meaning: "Firebase project that messages go through. Empty: the service account's own."),
    .init(
      name: "NTFY_URL", scope: .program, fallback: "",
      meaning: "The ntfy server that messages go through, without a topic. Empty: none."),
    .init(
      name: "NTFY_TOKEN", scope: .program, fallback: "",
      meaning: "Access token of the ntfy server, where it wants one.", isSecret: true),
    .init(
      name: "KEEP_DRAFTS", scope: .program, fallback: "30d",
      meaning:
        "How long drafts that were never booked are kept after they expired, with what was asked about them."
    ),
    .init(
      name: "SHOPS", scope: .program, fallback: "main",
      meaning: "Names of the shops, separated by commas: lower-case letters, digits, - and _."),
    // Waits
    .init(
      name: "ACCEPT_FIRST_CHECK", scope: .program, fallback: "60s",
      meaning: "From the accept call to the first read-back."),
    .init(
      name: "ACCEPT_CHECK_EVERY", scope: .program, fallback: "60s",
      meaning: "Between read-backs of an acceptance."),
    .init(
      name: "ACCEPT_CHECKS", scope: .program, fallback: "3",
      meaning: "Read-backs of an acceptance before it counts as failed."),
    .init(
      name: "ACCEPT_WITHIN", scope: .program, fallback: "24h",
      meaning: "Accept-by: this long after an order was placed."),
    .init(
      name: "ALARM_BEFORE", scope: .program, fallback: "8h",
      meaning:
        "How long before accept-by, ship-by and answer-by people are told, at most a third of the time that there was; 0s: once it is late."
    ),
    .init(
      name: "SHIP_FIRST_CHECK", scope: .program, fallback: "2s",
      meaning: "From the ship call to the first read-back."),
    .init(
      name: "SHIP_CHECK_EVERY", scope: .program, fallback: "10s",
      meaning: "Between read-backs of a shipment."),
    .init(
      name: "LOOKUP_WAITS", scope: .program, fallback: "30s,90s,8m,20m",
      meaning: "After a lost answer of a label purchase: the waits before each search for it."),
    .init(
      name: "WAITS", scope: .program, fallback: "",
      meaning:
        "When set, every wait of the cycle is this long (0s to 1h): for a demo, a training or a test."
    ),
    .init(
      name: "FRESHNESS", scope: .program, fallback: "30s",
      meaning: "How old the last read of an order may be when a label is bought for it."),
    .init(
      name: "CALL_DEADLINE", scope: .program, fallback: "30s",
      meaning: "Of one outside call."),
    .init(
      name: "PURCHASE_DEADLINE", scope: .program, fallback: "60s",
      meaning: "Of the carrier's create call."),
    .init(
      name: "LEASE", scope: .program, fallback: "120s",
      meaning: "A worker's right to what it claimed; longer than any call."),
    // Pull
    .init(
      name: "POLL_EVERY", scope: .program, fallback: "60s",
      meaning: "Between polls for orders; the marketplace asks for at most one a minute."),
    .init(
      name: "POLL_OVERLAP", scope: .program, fallback: "5m",
      meaning: "A poll starts this long before the last update that it saw."),
    .init(name: "SWEEP_EVERY", scope: .program, fallback: "1h", meaning: "Between wide sweeps."),
    .init(
      name: "SWEEP_BACK", scope: .program, fallback: "48h", meaning: "How far a sweep looks back."),
    .init(
      name: "FIRST_LOOK_BACK", scope: .program, fallback: "7d",
      meaning: "How far back a shop's very first poll looks."),
    .init(
      name: "REREAD_AFTER", scope: .program, fallback: "15m",
      meaning: "Open orders unseen for this long are read again by id."),
    .init(
      name: "OFFERS_EVERY", scope: .program, fallback: "5m",
      meaning:
        "Between looks at the offers; the marketplace takes a file of them once a minute. 0s: never."
    ),
    // Messages
    .init(
      name: "MESSAGES_EVERY", scope: .program, fallback: "3m",
      meaning:
        "Between pulls of customers' messages; the marketplace names no limit. 0s: they are not pulled, and no rule answers."
    ),
    .init(
      name: "MESSAGES_OVERLAP", scope: .program, fallback: "10m",
      meaning: "A pull of messages starts this long before the last change that it saw."),
    .init(
      name: "MESSAGES_FIRST_LOOK_BACK", scope: .program, fallback: "30d",
      meaning: "How far back a shop's very first pull of messages looks."),
    .init(
      name: "ANSWER_WITHIN", scope: .program, fallback: "24h",
      meaning: "Answer-by: this long after a customer wrote; nights and weekends count."),
    // Pace
    .init(
      name: "IN_FLIGHT", scope: .program, fallback: "64",
      meaning: "Effects under way at once, per shop and outside system."),
    .init(
      name: "READS", scope: .program, fallback: "1",
      meaning: "Order read-backs (up to 100 orders each) under way at once, per shop."),
    .init(
      name: "CARRIER_CALLS_PER_MINUTE", scope: .program, fallback: "600",
      meaning: "Calls to the carrier a minute; Canada Post allows 646. 0: no limit."),
    .init(
      name: "CA_FILE", scope: .program, fallback: "",
      meaning: "Certificate authorities (PEM) for outside calls. Empty: the system's."),
    // Shops
    .init(
      name: "NAME", scope: .shop, fallback: "", meaning: "The shop's name on pages. Empty: its id."),
    .init(
      name: "MIRAKL_URL", scope: .shop, fallback: "https://marketplace.bestbuy.ca",
      meaning: "The marketplace's address."),
    .init(
      name: "MIRAKL_API_KEY", scope: .shop, fallback: "", meaning: "The shop's API key.",
      isSecret: true),
    .init(
      name: "MIRAKL_SHOP_ID", scope: .shop, fallback: "",
      meaning: "The marketplace's number of the shop; needed when the key's user has several."),
    .init(
      name: "MIRAKL_CARRIER_CODE", scope: .shop, fallback: "CPCL",
      meaning: "The marketplace's code for Canada Post (`quayside doctor` compares it with SH21)."),
    .init(
      name: "UNKNOWN_SKU", scope: .shop, fallback: "auto",
      meaning:
        "Orders with a SKU that nobody mapped: accept, hold, refuse, or auto (hold once the shop has a catalogue)."
    ),
    .init(
      name: "SHORT_STOCK", scope: .shop, fallback: "accept",
      meaning: "Orders that need more parts than are free: accept, hold, or refuse."),
    .init(
      name: "PRICE_GAP", scope: .shop, fallback: "accept",
      meaning:
        "Orders with a unit sold too far below its listing's price: accept, hold, or refuse."),
    .init(
      name: "PRICE_GAP_PERCENT", scope: .shop, fallback: "10",
      meaning: "How far below, in percent, is too far."),
    .init(
      name: "MANY_UNITS", scope: .shop, fallback: "accept",
      meaning: "Orders with a line of more units than LINE_UNITS_MAX: accept, hold, or refuse."),
    .init(
      name: "LINE_UNITS_MAX", scope: .shop, fallback: "0",
      meaning: "Units of one line that are accepted without a question. 0: any number."),
    .init(
      name: "OFFERS", scope: .shop, fallback: "off",
      meaning:
        "Keep the offers' quantities at what can be built: off, alone (each as if only it were sold), or together (parts are shared out among the listings)."
    ),
    .init(
      name: "PACKING", scope: .shop, fallback: "warn",
      meaning:
        "The packing bench: off (labels print without scanning), warn (a label for a parcel that is not verified prints after a warning that is kept) or block (a label prints when every part was scanned)."
    ),
    .init(
      name: "SHIP_AFTER", scope: .shop, fallback: "auto",
      meaning:
        "When the marketplace is told the tracking number and that the order is shipped: label (as soon as the label is stored), packing (when the parcel was closed at the bench), or auto (packing where QUAYSIDE_PACKING is block, else label)."
    ),
    .init(
      name: "CANADAPOST_URL", scope: .shop, fallback: "https://soa-gw.canadapost.ca",
      meaning: "The carrier's address; the only host that its credentials are sent to."),
    .init(
      name: "CANADAPOST_USER", scope: .shop, fallback: "", meaning: "User half of the API key.",
      isSecret: true),
    .init(
      name: "CANADAPOST_PASSWORD", scope: .shop, fallback: "",
      meaning: "Password half of the API key.", isSecret: true),
    .init(name: "CANADAPOST_CUSTOMER", scope: .shop, fallback: "", meaning: "Customer number."),
    .init(
      name: "CANADAPOST_CONTRACT", scope: .shop, fallback: "",
      meaning: "Contract number. Empty: an account without contract, paid by its default card."),
    .init(
      name: "CANADAPOST_PAYMENT", scope: .shop, fallback: "Account",
      meaning: "Account, CreditCard or SupplierAccount (contract accounts)."),
    .init(name: "SENDER_NAME", scope: .shop, fallback: "", meaning: "Sender: person."),
    .init(name: "SENDER_COMPANY", scope: .shop, fallback: "", meaning: "Sender: company."),
    .init(name: "SENDER_PHONE", scope: .shop, fallback: "", meaning: "Sender: telephone."),
    .init(
      name: "SENDER_EMAIL", scope: .shop, fallback: "",
      meaning: "Sender: e-mail; refund tickets are sent there."),
    .init(name: "SENDER_LINE1", scope: .shop, fallback: "", meaning: "Sender: street."),
    .init(name: "SENDER_LINE2", scope: .shop, fallback: "", meaning: "Sender: second line."),
    .init(name: "SENDER_CITY", scope: .shop, fallback: "", meaning: "Sender: city."),
    .init(
      name: "SENDER_PROVINCE", scope: .shop, fallback: "", meaning: "Sender: province, two letters."
    ),
    .init(name: "SENDER_POSTAL_CODE", scope: .shop, fallback: "", meaning: "Sender: postal code."),
    .init(
      name: "PARCEL_GRAMS", scope: .shop, fallback: "2500",
      meaning: "Weight of a parcel where the catalogue does not know it."),
    .init(
      name: "PARCEL_SIZE_MM", scope: .shop, fallback: "400x300x80",
      meaning: "Length, width and height of a parcel where the catalogue does not know them."),
    .init(name: "SERVICE_CODE", scope: .shop, fallback: "DOM.EP", meaning: "Canada Post service."),
    .init(
      name: "EXPRESS_SERVICE_CODE", scope: .shop, fallback: "DOM.XP",
      meaning: "Canada Post service of express orders."),
    .init(
      name: "EXPRESS_TYPES", scope: .shop, fallback: "E",
      meaning: "Shipping type codes of the marketplace that mean express, separated by commas."),
    .init(
      name: "GROUP_PREFIX", scope: .shop, fallback: "QS",
      meaning: "Begins the name of each hour's group of shipments."),
  ]
}
