package simulator

import (
	"net/url"
	"strconv"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// latestMinorVersion is the only one that has an effect: those before it are retired and taken for it.
const latestMinorVersion = 75

// checkMinorVersion looks at the minorversion of a request. What Intuit does with one that does not exist is not known; the
// fault, where one is wanted, is that of a property it does not know.
func (s *Simulator) checkMinorVersion(query url.Values) *wire.Fault {
	sent := query.Get("minorversion")
	if sent == "" || s.switches.is(SwitchMinorVersion, ignoredValue) {
		return nil
	}
	if n, err := strconv.Atoi(sent); err == nil && n >= 0 && n <= latestMinorVersion {
		return nil
	}
	return oneFault(codeProperty, "minorversion", "Property Name: minorversion %s", clip(sent))
}
