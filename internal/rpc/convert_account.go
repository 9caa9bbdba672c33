package rpc

import (
	"math"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// count32 fits a count into the API's int32.
func count32(n int) int32 { return int32(min(n, math.MaxInt32)) }

func accountToProto(a *store.Account) *financialv1.Account {
	return &financialv1.Account{
		AccountId:          string(a.ID),
		Name:               a.ShortName,
		FullyQualifiedName: a.Name,
		Number:             a.Number,
		Type:               financialv1.AccountType(a.Type),
		SubType:            a.SubType,
		ParentAccountId:    string(a.Parent),
		Active:             a.Active,
		CurrencyCode:       string(a.Currency),
		MappingCount:       count32(a.MappingCount),
		DeleteTime:         instant(a.DeletedAt),
		ImportTime:         instant(a.ImportedAt),
	}
}

func slotFromProto(s *financialv1.Slot) ledger.Slot {
	return ledger.Slot{
		Role:     ledger.Role(s.GetRole()),
		Key:      s.GetKey(),
		Location: ledger.LocationID(s.GetLocationId()),
	}
}

func slotToProto(s ledger.Slot) *financialv1.Slot {
	return &financialv1.Slot{Role: financialv1.Role(s.Role), Key: s.Key, LocationId: string(s.Location)}
}

func mappingToProto(m *store.Mapping) *financialv1.Mapping {
	return &financialv1.Mapping{
		Slot:        slotToProto(m.Slot),
		AccountId:   string(m.Account),
		AccountName: m.AccountName,
		UpdateTime:  instant(m.UpdatedAt),
		UpdatedBy:   m.UpdatedBy,
		Warnings:    mappingWarnings(m),

		Version:       m.Version,
		EffectiveDate: string(m.From),
	}
}

func mappingChangeToProto(c store.MappingChange) *financialv1.MappingChange {
	return &financialv1.MappingChange{
		Version:             c.Version,
		Slot:                slotToProto(c.Slot),
		AccountId:           string(c.Account),
		AccountName:         c.AccountName,
		PreviousAccountId:   string(c.Previous),
		PreviousAccountName: c.PreviousName,
		EffectiveDate:       string(c.From),
		ChangeTime:          instant(c.ChangedAt),
		ChangedBy:           c.ChangedBy,
	}
}

// mappingWarnings says what is the matter with a mapping as it stands: its account may have changed since it was made.
func mappingWarnings(m *store.Mapping) []string {
	if m.AccountName == "" {
		return []string{"The account is not in the imported chart. Import the accounts, or map another one."}
	}
	warnings, problem := m.Slot.Role.CheckAccount(ledger.Account{
		ID: m.Account, Name: m.AccountName, Type: m.AccountType, Active: m.Active, Deleted: m.Deleted,
	})
	if problem != nil {
		warnings = append(warnings, problem.Message+" "+problem.Remedy)
	}
	return warnings
}

func slotUseToProto(u *store.SlotUse) *financialv1.SlotUse {
	out := &financialv1.SlotUse{
		Slot:              slotToProto(u.Slot),
		Source:            financialv1.SlotUse_Source(u.Source),
		WaitingEventCount: u.Waiting,
		Optional:          u.Slot.Role.Optional(),
	}
	if u.Mapping != nil {
		out.Mapping = mappingToProto(u.Mapping)
	}
	return out
}
