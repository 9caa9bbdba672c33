package posting

import (
	"context"
	"fmt"
	"sync"

	"github.com/tillpost/tillpost/internal/ledger"
)

// maxCachedBooks bounds the retailers whose books are kept; an ordinary retailer's take some hundred kilobytes.
const maxCachedBooks = 200

// booksCache keeps the books of retailers as long as their version says that they hold. What it returns is shared and must
// not be changed.
type booksCache struct {
	mu    sync.Mutex
	books map[ledger.RetailerID]versionedBooks
}

type versionedBooks struct {
	version int64
	books   ledger.Books
}

// booksAt returns the retailer's books of today and their version.
func (e *Engine) booksAt(ctx context.Context, r ledger.RetailerID) (ledger.Books, int64, error) {
	version, err := e.Store.BooksVersion(ctx, r)
	if err != nil {
		return ledger.Books{}, 0, fmt.Errorf("read the version of the books of %s: %w", r, err)
	}
	if known, ok := e.cache.get(r, version); ok {
		return known, version, nil
	}
	books, version, err := e.Store.BooksAt(ctx, r)
	if err != nil {
		return ledger.Books{}, 0, fmt.Errorf("read the books of %s: %w", r, err)
	}
	e.cache.put(r, versionedBooks{version: version, books: books})
	return books, version, nil
}

func (c *booksCache) get(r ledger.RetailerID, version int64) (ledger.Books, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.books[r]
	return known.books, ok && known.version == version
}

func (c *booksCache) put(r ledger.RetailerID, books versionedBooks) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.books == nil || len(c.books) >= maxCachedBooks {
		c.books = map[ledger.RetailerID]versionedBooks{}
	}
	c.books[r] = books
}
