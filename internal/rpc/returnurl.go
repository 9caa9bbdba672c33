package rpc

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	"connectrpc.com/connect/v2"
)

// returnURL is an address that browsers may be sent back to, with everything below it.
type returnURL struct {
	origin string
	path   string // without a slash at the end
}

func parseReturnURLs(addresses []string) ([]returnURL, error) {
	out := make([]returnURL, 0, len(addresses))
	for _, address := range addresses {
		u, err := parseWebURL(address)
		if err != nil {
			return nil, fmt.Errorf("rpc: the address %q cannot be returned to: %w", address, err)
		}
		out = append(out, returnURL{origin: originOf(u), path: strings.TrimSuffix(u.Path, "/")})
	}
	return out, nil
}

// parseWebURL reads an absolute http or https address. What browsers and servers read differently is refused: user
// names, backslashes, dots that climb.
func parseWebURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	switch {
	case (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		return nil, errors.New("it is not of the form https://host/path")
	case u.User != nil || strings.Contains(address, `\`):
		return nil, errors.New("it holds a user name or a backslash")
	case u.Path != "" && path.Clean(u.Path) != strings.TrimSuffix(u.Path, "/") && u.Path != "/":
		return nil, errors.New("its path is not in its shortest form")
	}
	return u, nil
}

// originOf writes the origin of an address as browsers do: scheme, host in small letters, port unless it is the usual.
func originOf(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	usual := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	if port != "" && port != usual {
		host += ":" + port
	}
	return u.Scheme + "://" + host
}

// below tells whether an address is the allowed one or stands below it.
func (r returnURL) below(u *url.URL) bool {
	return originOf(u) == r.origin && (u.Path == r.path || strings.HasPrefix(u.Path, r.path+"/"))
}

// allowedReturn returns the address to go back to, or nil when there is none or it is not allowed.
func (s *Service) allowedReturn(address string) *url.URL {
	if address == "" {
		return nil
	}
	u, err := parseWebURL(address)
	if err != nil {
		return nil
	}
	for _, allowed := range s.returnURLs {
		if allowed.below(u) {
			return u
		}
	}
	return nil
}

func (s *Service) checkReturnURL(address string) error {
	if address == "" || s.allowedReturn(address) != nil {
		return nil
	}
	e := newError(connect.CodeInvalidArgument, reasonReturnURLNotAllowed,
		"the return address is not one that this server sends browsers to: ask its operator to allow it (return URLs)")
	e.violations = []violation{{field: "return_url", description: "is not below an allowed address"}}
	return e
}
