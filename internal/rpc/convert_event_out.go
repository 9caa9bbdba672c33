package rpc

import (
	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/ledger"
)

// eventToProto converts an event; one that was read without its detail is sent without.
func eventToProto(e *ledger.Event) *financialv1.Event {
	out := &financialv1.Event{
		EventId:      string(e.ID),
		Number:       e.Number,
		Revision:     e.Revision,
		LocationId:   string(e.Location),
		OccurTime:    instant(e.OccurredAt),
		BusinessDate: string(e.BusinessDate),
		CurrencyCode: string(e.Currency),
		Memo:         e.Memo,
		SourceUrl:    e.SourceURL,
		Voided:       e.Voided,
	}
	detailToProto(e.Detail, out)
	return out
}

func detailToProto(detail ledger.Detail, out *financialv1.Event) {
	switch d := detail.(type) {
	case nil:
	case *ledger.Sale:
		out.Detail = &financialv1.Event_Sale{Sale: saleToProto(d)}
	case *ledger.CustomerDeposit:
		out.Detail = &financialv1.Event_CustomerDeposit{CustomerDeposit: depositToProto(d)}
	case *ledger.PurchaseReceipt:
		out.Detail = &financialv1.Event_PurchaseReceipt{PurchaseReceipt: receiptToProto(d)}
	case *ledger.PurchaseReturn:
		out.Detail = &financialv1.Event_PurchaseReturn{
			PurchaseReturn: &financialv1.PurchaseReturn{Lines: stockToProto(d.Lines)},
		}
	case *ledger.Transfer:
		out.Detail = &financialv1.Event_Transfer{Transfer: &financialv1.Transfer{
			Leg: financialv1.Transfer_Leg(d.Leg), OtherLocationId: string(d.Other), Lines: stockToProto(d.Lines),
			Reason: d.Reason,
		}}
	case *ledger.InventoryAdjustment:
		out.Detail = &financialv1.Event_InventoryAdjustment{InventoryAdjustment: &financialv1.InventoryAdjustment{
			Reason: d.Reason, Lines: stockToProto(d.Lines),
		}}
	case *ledger.GiftCardAdjustment:
		out.Detail = &financialv1.Event_GiftCardAdjustment{GiftCardAdjustment: &financialv1.GiftCardAdjustment{
			Reason: d.Reason, Amount: int64(d.Amount),
		}}
	case *ledger.CashPaidInOut:
		out.Detail = &financialv1.Event_CashPaidInOut{CashPaidInOut: &financialv1.CashPaidInOut{
			Direction: financialv1.CashPaidInOut_Direction(d.Direction), Reason: d.Reason, Amount: int64(d.Amount),
		}}
	case *ledger.TillCount:
		out.Detail = &financialv1.Event_TillCount{TillCount: &financialv1.TillCount{
			ExpectedAmount: int64(d.Expected), CountedAmount: int64(d.Counted),
		}}
	case *ledger.Payout:
		out.Detail = &financialv1.Event_Payout{Payout: payoutToProto(d)}
	}
}

func saleToProto(s *ledger.Sale) *financialv1.Sale {
	return &financialv1.Sale{
		Tenders:         convert(s.Tenders, tenderToProto),
		DepositsApplied: convert(s.DepositsApplied, tenderToProto),
		Lines: convert(s.Lines, func(l ledger.SaleLine) *financialv1.SaleLine {
			return &financialv1.SaleLine{
				ItemClass: l.ItemClass, NetAmount: int64(l.Net), DiscountAmount: int64(l.Discount), CostAmount: int64(l.Cost),
			}
		}),
		Taxes: convert(s.Taxes, func(k ledger.Keyed) *financialv1.Tax {
			return &financialv1.Tax{Authority: k.Key, Amount: int64(k.Amount)}
		}),
		Shipping: convert(s.Shipping, func(k ledger.Keyed) *financialv1.Shipping {
			return &financialv1.Shipping{Method: k.Key, Amount: int64(k.Amount)}
		}),
		Fees: convert(s.Fees, func(k ledger.Keyed) *financialv1.Fee {
			return &financialv1.Fee{Name: k.Key, Amount: int64(k.Amount)}
		}),
		GiftCardsSold: convert(s.GiftCardsSold, func(a ledger.Amount) *financialv1.GiftCard {
			return &financialv1.GiftCard{Amount: int64(a)}
		}),
		TipAmount:      int64(s.Tip),
		RoundingAmount: int64(s.Rounding),
	}
}

func tenderToProto(k ledger.Keyed) *financialv1.Tender {
	return &financialv1.Tender{PaymentType: k.Key, Amount: int64(k.Amount)}
}

func stockToProto(lines []ledger.Keyed) []*financialv1.StockLine {
	return convert(lines, func(k ledger.Keyed) *financialv1.StockLine {
		return &financialv1.StockLine{ItemClass: k.Key, CostAmount: int64(k.Amount)}
	})
}

func depositToProto(d *ledger.CustomerDeposit) *financialv1.CustomerDeposit {
	return &financialv1.CustomerDeposit{
		Action: financialv1.CustomerDeposit_Action(d.Action),
		Lines: convert(d.Lines, func(l ledger.DepositLine) *financialv1.DepositLine {
			return &financialv1.DepositLine{
				PaymentType: l.PaymentType, Amount: int64(l.Amount), RefundPaymentType: l.RefundPaymentType,
			}
		}),
	}
}

func receiptToProto(r *ledger.PurchaseReceipt) *financialv1.PurchaseReceipt {
	return &financialv1.PurchaseReceipt{
		Lines: stockToProto(r.Lines),
		LandedCosts: convert(r.LandedCosts, func(c ledger.LandedCost) *financialv1.LandedCost {
			return &financialv1.LandedCost{Name: c.Name, ItemClass: c.ItemClass, Amount: int64(c.Amount)}
		}),
	}
}

func payoutToProto(p *ledger.Payout) *financialv1.Payout {
	return &financialv1.Payout{
		BankAccount: p.BankAccount,
		Parts: convert(p.Parts, func(p ledger.PayoutPart) *financialv1.PayoutPart {
			return &financialv1.PayoutPart{PaymentType: p.PaymentType, GrossAmount: int64(p.Gross), FeeAmount: int64(p.Fee)}
		}),
	}
}
