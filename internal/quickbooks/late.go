package quickbooks

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// errLate says that a request was not sent because its time was over.
var errLate = errors.New("not sent: it should have left before")

// holdToTime gives a request its body, and keeps it from leaving after a moment; zero: never. The look at the clock is the
// very last thing before bytes go to the connection, so whatever held the request up, name look-up, a handshake, a machine
// that was suspended, it does not leave late: at worst its head does, and without its whole body it is no request. The
// returned flag is set when some of the body was kept back.
func holdToTime(req *http.Request, body []byte, by time.Time) *atomic.Bool {
	late := new(atomic.Bool)
	if by.IsZero() {
		return late
	}
	by = by.Round(0) // the clock on the wall: the other one may stand still while a machine is suspended
	req.GetBody = func() (io.ReadCloser, error) {
		return &punctual{rest: bytes.NewReader(body), by: by, late: late}, nil
	}
	req.Body, _ = req.GetBody()
	return late
}

// punctual is a body that cannot be read after a moment.
type punctual struct {
	rest *bytes.Reader
	by   time.Time
	late *atomic.Bool
}

func (p *punctual) Read(into []byte) (int, error) {
	if p.rest.Len() == 0 {
		return 0, io.EOF // all of it has left, and that it has is no lateness
	}
	if time.Now().Round(0).After(p.by) {
		p.late.Store(true)
		return 0, fmt.Errorf("%w %v", errLate, p.by)
	}
	return p.rest.Read(into) //nolint:wrapcheck // bytes, or io.EOF, which must stay what it is
}

func (p *punctual) Close() error { return nil }
