package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Errors of Decode.
var (
	errVersion  = errors.New("the encoding's version is not one that this release reads")
	errKind     = errors.New("the event's kind is not one that this release knows")
	errTwice    = errors.New("the event has two kinds")
	errTrailing = errors.New("more follows the event")
)

// Decode reads what Encode wrote, of this or an earlier release. It fails on any other version, on an unknown kind, on a
// field it does not know, since ignoring one could change what is booked, and on anything that follows the event. The
// event that it returns encodes to the bytes that Encode writes for it, though not necessarily to those given.
func Decode(encoded []byte) (Event, error) {
	var envelope struct {
		Event

		Version versionField `json:"v"`
		Kind    kindField    `json:"kind"`
		Detail  Detail       `json:"detail"` // reading kind, which comes first, puts the right type here
	}
	envelope.Kind.detail = &envelope.Detail
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&envelope)
	ev := envelope.Event
	ev.OccurredAt = ev.OccurredAt.UTC().Truncate(time.Microsecond)
	ev.Detail = envelope.Detail
	switch {
	case err != nil:
	case !bool(envelope.Version):
		err = errVersion
	case ev.Detail == nil || !bytes.Contains(encoded, []byte(`"detail":`)):
		err = errNoDetail // a quote inside a text is escaped, so the bytes looked for can only be the field's name
	case !encodable(ev.OccurredAt):
		err = errYearBounds
	default:
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errTrailing
		}
	}
	if err != nil {
		return Event{}, fmt.Errorf("decode event %q: %w", ev.ID, err)
	}
	return ev, nil
}

// versionField is true once a version that this release reads was read. It refuses another one at once, before a field
// that only that other version has is met.
type versionField bool

// UnmarshalJSON reads the version.
func (v *versionField) UnmarshalJSON(encoded []byte) error {
	if string(encoded) != strconv.Itoa(encodingVersion) {
		return fmt.Errorf("version %s: %w", encoded, errVersion)
	}
	*v = true
	return nil
}

// kindField makes the detail that a kind has, for the decoder to fill. So an event is read in one pass.
type kindField struct{ detail *Detail }

// UnmarshalText reads the kind.
func (k *kindField) UnmarshalText(name []byte) error {
	if *k.detail != nil {
		return errTwice
	}
	if *k.detail = newDetail(string(name)); *k.detail == nil {
		return fmt.Errorf("kind %q: %w", name, errKind)
	}
	return nil
}

// newDetail returns an empty detail of the kind with this name, or nil.
func newDetail(kind string) Detail { //nolint:ireturn // the set is closed, see Detail
	for k := KindSale; int(k) < len(emptyDetails); k++ {
		if k.String() == kind {
			return emptyDetails[k]()
		}
	}
	return nil
}

var emptyDetails = [...]func() Detail{ //nolint:gochecknoglobals // a table that never changes
	KindSale:                func() Detail { return &Sale{} },
	KindCustomerDeposit:     func() Detail { return &CustomerDeposit{} },
	KindPurchaseReceipt:     func() Detail { return &PurchaseReceipt{} },
	KindPurchaseReturn:      func() Detail { return &PurchaseReturn{} },
	KindTransfer:            func() Detail { return &Transfer{} },
	KindInventoryAdjustment: func() Detail { return &InventoryAdjustment{} },
	KindGiftCardAdjustment:  func() Detail { return &GiftCardAdjustment{} },
	KindCashPaidInOut:       func() Detail { return &CashPaidInOut{} },
	KindTillCount:           func() Detail { return &TillCount{} },
	KindPayout:              func() Detail { return &Payout{} },
}
