package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const (
	// journalPage is how many entries are read at once.
	journalPage = 1_000
	// maxBooksBytes bounds one answer of the simulator.
	maxBooksBytes = 64 << 20
	debitSide     = "Debit"
)

// bookReader reads a company's books from the simulator, past the service that posts to it.
type bookReader struct {
	http      *http.Client
	simulator string // address without a slash at the end
	realm     string
}

// trialBalance is the simulator's answer, as far as it is needed.
type trialBalance struct {
	Rows []struct {
		AccountID string      `json:"accountId"`
		Name      string      `json:"name"`
		Debit     json.Number `json:"debit"`
		Credit    json.Number `json:"credit"`
	} `json:"rows"`
}

// journal is a page of the simulator's answer; its entries have Intuit's form.
type journal struct {
	Total   int `json:"total"`
	Entries []struct {
		ID        string        `json:"Id"`
		DocNumber string        `json:"DocNumber"`
		TxnDate   string        `json:"TxnDate"`
		Line      []journalLine `json:"Line"`
	} `json:"entries"`
}

type journalLine struct {
	Amount json.Number `json:"Amount"`
	Detail struct {
		PostingType string `json:"PostingType"`
		AccountRef  struct {
			Value string `json:"value"`
		} `json:"AccountRef"`
	} `json:"JournalEntryLineDetail"`
}

// read returns the company's whole books.
func (b *bookReader) read(ctx context.Context) (Books, error) {
	books := Books{Balances: Changes{}}
	var balance trialBalance
	if err := b.get(ctx, "trial-balance", nil, &balance); err != nil {
		return Books{}, err
	}
	names := map[string]string{}
	for _, row := range balance.Rows {
		names[row.AccountID] = row.Name
		debit, err := minorUnits(row.Debit)
		if err != nil {
			return Books{}, fmt.Errorf("trial balance of %s: %w", row.Name, err)
		}
		credit, err := minorUnits(row.Credit)
		if err != nil {
			return Books{}, fmt.Errorf("trial balance of %s: %w", row.Name, err)
		}
		if debit != credit {
			books.Balances[row.Name] = debit - credit
		}
	}
	for total := 1; len(books.Entries) < total; {
		page, err := b.journalFrom(ctx, len(books.Entries)+1, names)
		if err != nil {
			return Books{}, err
		}
		if total = page.total; len(page.entries) == 0 {
			break
		}
		books.Entries = append(books.Entries, page.entries...)
	}
	return books, nil
}

type bookedPage struct {
	entries []BookedEntry
	total   int
}

// journalFrom reads a page of the journal; names are the accounts' names by id.
func (b *bookReader) journalFrom(ctx context.Context, start int, names map[string]string) (bookedPage, error) {
	var page journal
	query := url.Values{"start": {strconv.Itoa(start)}, "max": {strconv.Itoa(journalPage)}}
	if err := b.get(ctx, "journal", query, &page); err != nil {
		return bookedPage{}, err
	}
	read := bookedPage{total: page.Total}
	for _, entry := range page.Entries {
		net := Changes{}
		for _, line := range entry.Line {
			amount, err := minorUnits(line.Amount)
			if err != nil {
				return bookedPage{}, fmt.Errorf("journal entry %s: %w", entry.ID, err)
			}
			if line.Detail.PostingType != debitSide {
				amount = -amount
			}
			net[names[line.Detail.AccountRef.Value]] += amount
		}
		read.entries = append(read.entries, BookedEntry{
			ID: entry.ID, DocNumber: entry.DocNumber, TxnDate: entry.TxnDate, Net: net,
		})
	}
	return read, nil
}

// get reads one of the simulator's books into target.
func (b *bookReader) get(ctx context.Context, book string, query url.Values, target any) error {
	address := b.simulator + "/admin/companies/" + url.PathEscape(b.realm) + "/" + book + "?" + query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return fmt.Errorf("read the %s of the simulator: %w", book, err)
	}
	res, err := b.http.Do(req)
	if err != nil {
		return fmt.Errorf("read the %s of the simulator: %w", book, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("read %s: the simulator answered %s", address, res.Status)
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxBooksBytes)).Decode(target); err != nil {
		return fmt.Errorf("read %s: %w", address, err)
	}
	return nil
}

// minorUnits reads an amount with up to two decimals, "12.3" or "12.30", exactly. An absent one is zero.
func minorUnits(amount json.Number) (int64, error) {
	text := amount.String()
	if text == "" {
		return 0, nil
	}
	whole, cents, _ := strings.Cut(text, ".")
	if len(cents) > 2 {
		return 0, fmt.Errorf("%q is no amount in whole cents", text)
	}
	minor, err := strconv.ParseInt(whole+cents+strings.Repeat("0", 2-len(cents)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no amount: %w", text, err)
	}
	return minor, nil
}
