package rpc

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/ledger"
)

// The enums of the API and of ledger and store have the same numbers, which a test holds, so they convert by a cast.

// instant converts a time; the zero time is absent.
func instant(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// eventFromProto converts an event. An event without a detail has none here either.
func eventFromProto(e *financialv1.Event) ledger.Event {
	return ledger.Event{
		ID:           ledger.EventID(e.GetEventId()),
		Number:       e.GetNumber(),
		Revision:     e.GetRevision(),
		Location:     ledger.LocationID(e.GetLocationId()),
		OccurredAt:   e.GetOccurTime().AsTime().Truncate(time.Microsecond),
		BusinessDate: ledger.Date(e.GetBusinessDate()),
		Currency:     ledger.Currency(e.GetCurrencyCode()),
		Memo:         e.GetMemo(),
		SourceURL:    e.GetSourceUrl(),
		Voided:       e.GetVoided(),
		Detail:       detailFromProto(e),
	}
}

func detailFromProto(e *financialv1.Event) ledger.Detail {
	switch d := e.GetDetail().(type) {
	case *financialv1.Event_Sale:
		return saleFromProto(d.Sale)
	case *financialv1.Event_CustomerDeposit:
		return depositFromProto(d.CustomerDeposit)
	case *financialv1.Event_PurchaseReceipt:
		return receiptFromProto(d.PurchaseReceipt)
	case *financialv1.Event_PurchaseReturn:
		return &ledger.PurchaseReturn{Lines: stockFromProto(d.PurchaseReturn.GetLines())}
	case *financialv1.Event_Transfer:
		return &ledger.Transfer{
			Leg:    ledger.TransferLeg(d.Transfer.GetLeg()),
			Other:  ledger.LocationID(d.Transfer.GetOtherLocationId()),
			Lines:  stockFromProto(d.Transfer.GetLines()),
			Reason: d.Transfer.GetReason(),
		}
	case *financialv1.Event_InventoryAdjustment:
		return &ledger.InventoryAdjustment{
			Reason: d.InventoryAdjustment.GetReason(),
			Lines:  stockFromProto(d.InventoryAdjustment.GetLines()),
		}
	case *financialv1.Event_GiftCardAdjustment:
		return &ledger.GiftCardAdjustment{
			Reason: d.GiftCardAdjustment.GetReason(),
			Amount: ledger.Amount(d.GiftCardAdjustment.GetAmount()),
		}
	case *financialv1.Event_CashPaidInOut:
		return &ledger.CashPaidInOut{
			Direction: ledger.CashDirection(d.CashPaidInOut.GetDirection()),
			Reason:    d.CashPaidInOut.GetReason(),
			Amount:    ledger.Amount(d.CashPaidInOut.GetAmount()),
		}
	case *financialv1.Event_TillCount:
		return &ledger.TillCount{
			Expected: ledger.Amount(d.TillCount.GetExpectedAmount()),
			Counted:  ledger.Amount(d.TillCount.GetCountedAmount()),
		}
	case *financialv1.Event_Payout:
		return payoutFromProto(d.Payout)
	default:
		return nil
	}
}

// convert applies a conversion to each item of a list; an empty list stays nil.
func convert[From, To any](list []From, item func(From) To) []To {
	if len(list) == 0 {
		return nil
	}
	out := make([]To, len(list))
	for i, from := range list {
		out[i] = item(from)
	}
	return out
}

func saleFromProto(s *financialv1.Sale) *ledger.Sale {
	return &ledger.Sale{
		Tenders:         convert(s.GetTenders(), tenderFromProto),
		DepositsApplied: convert(s.GetDepositsApplied(), tenderFromProto),
		Lines: convert(s.GetLines(), func(l *financialv1.SaleLine) ledger.SaleLine {
			return ledger.SaleLine{
				ItemClass: l.GetItemClass(), Net: ledger.Amount(l.GetNetAmount()),
				Discount: ledger.Amount(l.GetDiscountAmount()), Cost: ledger.Amount(l.GetCostAmount()),
			}
		}),
		Taxes: convert(s.GetTaxes(), func(t *financialv1.Tax) ledger.Keyed {
			return ledger.Keyed{Key: t.GetAuthority(), Amount: ledger.Amount(t.GetAmount())}
		}),
		Shipping: convert(s.GetShipping(), func(s *financialv1.Shipping) ledger.Keyed {
			return ledger.Keyed{Key: s.GetMethod(), Amount: ledger.Amount(s.GetAmount())}
		}),
		Fees: convert(s.GetFees(), func(f *financialv1.Fee) ledger.Keyed {
			return ledger.Keyed{Key: f.GetName(), Amount: ledger.Amount(f.GetAmount())}
		}),
		GiftCardsSold: convert(s.GetGiftCardsSold(), func(g *financialv1.GiftCard) ledger.Amount {
			return ledger.Amount(g.GetAmount())
		}),
		Tip:      ledger.Amount(s.GetTipAmount()),
		Rounding: ledger.Amount(s.GetRoundingAmount()),
	}
}

func tenderFromProto(t *financialv1.Tender) ledger.Keyed {
	return ledger.Keyed{Key: t.GetPaymentType(), Amount: ledger.Amount(t.GetAmount())}
}

func stockFromProto(lines []*financialv1.StockLine) []ledger.Keyed {
	return convert(lines, func(l *financialv1.StockLine) ledger.Keyed {
		return ledger.Keyed{Key: l.GetItemClass(), Amount: ledger.Amount(l.GetCostAmount())}
	})
}

func depositFromProto(d *financialv1.CustomerDeposit) *ledger.CustomerDeposit {
	return &ledger.CustomerDeposit{
		Action: ledger.DepositAction(d.GetAction()),
		Lines: convert(d.GetLines(), func(l *financialv1.DepositLine) ledger.DepositLine {
			return ledger.DepositLine{
				PaymentType: l.GetPaymentType(), Amount: ledger.Amount(l.GetAmount()),
				RefundPaymentType: l.GetRefundPaymentType(),
			}
		}),
	}
}

func receiptFromProto(r *financialv1.PurchaseReceipt) *ledger.PurchaseReceipt {
	return &ledger.PurchaseReceipt{
		Lines: stockFromProto(r.GetLines()),
		LandedCosts: convert(r.GetLandedCosts(), func(c *financialv1.LandedCost) ledger.LandedCost {
			return ledger.LandedCost{Name: c.GetName(), ItemClass: c.GetItemClass(), Amount: ledger.Amount(c.GetAmount())}
		}),
	}
}

func payoutFromProto(p *financialv1.Payout) *ledger.Payout {
	return &ledger.Payout{
		BankAccount: p.GetBankAccount(),
		Parts: convert(p.GetParts(), func(p *financialv1.PayoutPart) ledger.PayoutPart {
			return ledger.PayoutPart{
				PaymentType: p.GetPaymentType(), Gross: ledger.Amount(p.GetGrossAmount()), Fee: ledger.Amount(p.GetFeeAmount()),
			}
		}),
	}
}
