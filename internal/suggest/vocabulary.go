package suggest

// silent words say nothing about what a name means.
var silent = []string{ //nolint:gochecknoglobals // a table that never changes
	"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with",
	"de", "del", "der", "des", "die", "du", "et", "la", "le", "les", "und", "y",
}

// abbreviations and other words of one meaning, in the singular, each with the words that it is compared as.
var abbreviations = map[string]string{ //nolint:gochecknoglobals // a table that never changes
	"acct":        "account",
	"adj":         "adjustment",
	"amex":        "american express",
	"ax":          "american express",
	"cc":          "credit card",
	"cheque":      "check",
	"chequing":    "checking",
	"chk":         "check",
	"clothe":      "apparel",
	"clothing":    "apparel",
	"cog":         "cost good sold", // COGS without what looks like its plural
	"damaged":     "damage",
	"dept":        "department",
	"disc":        "discount",
	"expiration":  "expire",
	"expired":     "expire",
	"expiry":      "expire",
	"forfeit":     "forfeited",
	"gc":          "gift card",
	"certificate": "card", // of gift
	"giftcard":    "gift card",
	"egift":       "gift card",
	"grni":        "good received not invoiced",
	"googlepay":   "google pay",
	"applepay":    "apple pay",
	"inv":         "inventory",
	"mc":          "mastercard",
	"merch":       "merchandise",
	"misc":        "miscellaneous",
	"rcvd":        "received",
	"recd":        "received",
	"rtv":         "returned vendor",
	"shoe":        "footwear",
	"shrinkage":   "shrink",
	"supplier":    "vendor",
	"voucher":     "card", // of gift
	"wrap":        "wrapping",
	"xfer":        "transfer",
}

// joined words are one word that some write as two.
var joined = [][3]string{ //nolint:gochecknoglobals // a table that never changes
	{"foot", "wear", "footwear"},
	{"master", "card", "mastercard"},
	{"pay", "pal", "paypal"},
}

// general words tell nothing of what an account is about, whatever its role.
var generalWords = []string{ //nolint:gochecknoglobals // a table that never changes
	"account", "asset", "balance", "company", "current", "department", "expense", "income", "ledger", "liability", "operating",
	"ordinary", "primary", "retail", "revenue", "shop", "store", "total",
}

// catchAll words name the account of a group that takes what no other takes.
var catchAll = []string{ //nolint:gochecknoglobals // a table that never changes
	"all", "general", "miscellaneous", "other", "sundry", "various",
}

// kind is what a key means, where a word of the trade says more than letters do.
type kind uint8

const (
	kindNone kind = iota
	kindGiftCard
	kindHouseAccount
	kindPayLater
	kindWallet
	kindCard
	kindCheck
	kindCash
	kindLandedCost
	kindOpening
	kindShrink
	kindDamage
	kindCount
	kindExpired
	kindDrop
	kindChange
)

// kinds lists the words that make a key of a kind; the first that fits counts. Those with only have to be all that the
// key says: "Cash App" is no cash.
var (
	paymentKinds = []kindWords{ //nolint:gochecknoglobals // a table that never changes
		{kindPayLater, false, "pay later, klarna, afterpay, affirm, sezzle, bnpl, financing, instalment, installment"},
		{
			kindWallet, false,
			"paypal, apple pay, google pay, samsung pay, amazon pay, shop pay, venmo, wallet, alipay, wechat, " +
				"cash app, zelle",
		},
		{
			kindCard, false,
			"visa, mastercard, american express, discover, diners, jcb, unionpay, maestro, interac, credit card, " +
				"debit card, bank card",
		},
		{
			kindHouseAccount, false,
			"house account, house charge, on account, charge account, receivable, invoice, net 30, store account, " +
				"customer account",
		},
		{kindGiftCard, false, "gift card, store credit, merchandise credit, gift, giftcard"},
		{kindCard, true, "credit, debit, card, eftpos"},
		{kindCheck, false, "check"},
		{kindCash, true, "cash, currency, espèces, efectivo, bargeld"},
	}
	feeKinds = []kindWords{ //nolint:gochecknoglobals // a table that never changes
		{kindLandedCost, false, "freight, duty, customs, landed, tariff, import, inbound, brokerage"},
	}
	stockKinds = []kindWords{ //nolint:gochecknoglobals // a table that never changes
		{kindOpening, false, "opening, initial, starting, conversion, migration, imported, import"},
		{kindDamage, false, "damage, broken, spoilage, spoiled, waste, defective"},
		{kindShrink, false, "shrink, theft, stolen, lost, loss, missing"},
		{kindCount, false, "count, surplus, recount, found, stocktake"},
	}
	giftCardKinds = []kindWords{ //nolint:gochecknoglobals // a table that never changes
		{kindExpired, false, "expire, breakage, escheat"},
	}
	cashKinds = []kindWords{ //nolint:gochecknoglobals // a table that never changes
		{kindDrop, false, "cash drop, bank drop, safe drop, bank deposit, bank run"},
		{kindDrop, true, "drop, deposit, bank"},
		{kindChange, false, "change order, change fund, float, starting cash, opening cash, till fund"},
		{kindChange, true, "change"},
	}
)

type kindWords struct {
	kind kind
	only bool
	list string
}

// kindRow is a row of kindWords, read.
type kindRow struct {
	kind  kind
	only  bool
	names []phrase
}

func readKinds(table []kindWords) []kindRow {
	out := make([]kindRow, len(table))
	for i, row := range table {
		out[i] = kindRow{row.kind, row.only, phrases(row.list)}
	}
	return out
}

// kindOf says what kind of key the words are.
func kindOf(table []kindRow, words []string) kind {
	for _, row := range table {
		for _, p := range row.names {
			if p.in(words) && (!row.only || len(p) == len(words)) {
				return row.kind
			}
		}
	}
	return kindNone
}
