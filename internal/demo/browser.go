package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxPageBytes bounds a page that the browser reads.
const maxPageBytes = 1 << 20

// browser authorizes a connection the way a person does: it opens the address, reads the consent page, and presses the
// button that agrees.
type browser struct{ http *http.Client }

// authorize opens the authorization address, agrees, and follows the redirect to the service's callback. It returns
// the address that it ended at, without the query, which holds a code.
func (b *browser) authorize(ctx context.Context, address string) (string, error) {
	res, err := b.do(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", fmt.Errorf("open the consent page: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	page, err := html.Parse(io.LimitReader(res.Body, maxPageBytes))
	if err != nil {
		return "", fmt.Errorf("read the consent page: %w", err)
	}
	action, fields, err := agreeing(page)
	if err != nil {
		return "", fmt.Errorf("read the consent page: %w", err)
	}
	target, err := res.Request.URL.Parse(action)
	if err != nil {
		return "", errors.New("the consent page's form leads to no address")
	}
	done, err := b.do(ctx, http.MethodPost, target.String(), fields)
	if err != nil {
		return "", fmt.Errorf("agree on the consent page: %w", err)
	}
	defer func() { _ = done.Body.Close() }()
	end := *done.Request.URL
	end.RawQuery = ""
	return end.String(), nil
}

// do opens an address, or sends a form to it, and follows redirects. Any answer but success is an error.
func (b *browser) do(ctx context.Context, method, address string, form url.Values) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, errors.New("the address cannot be read")
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept", "text/html")
	res, err := b.http.Do(req)
	if err != nil {
		if failure, ok := errors.AsType[*url.Error](err); ok {
			err = failure.Err // the address around it has a one-time code
		}
		return nil, fmt.Errorf("%s %s: %w", method, req.URL.Host, err)
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return nil, fmt.Errorf("%s %s%s answered %s", method, res.Request.URL.Host, res.Request.URL.Path, res.Status)
	}
	return res, nil
}

// agreeing returns where the page's form leads and what a browser sends when its Authorize button is pressed.
func agreeing(page *html.Node) (action string, fields url.Values, err error) {
	form := find(page, func(n *html.Node) bool {
		return n.DataAtom == atom.Form && strings.EqualFold(attribute(n, "method"), http.MethodPost)
	})
	if form == nil {
		return "", nil, errors.New("it has no form")
	}
	fields = url.Values{}
	button := find(form, func(n *html.Node) bool {
		return n.DataAtom == atom.Button && strings.EqualFold(strings.TrimSpace(text(n)), "Authorize")
	})
	if button == nil {
		return "", nil, errors.New("it has no Authorize button")
	}
	fields.Set(attribute(button, "name"), attribute(button, "value"))
	for n := range form.Descendants() {
		switch {
		case n.DataAtom == atom.Input && sends(n):
			fields.Add(attribute(n, "name"), attribute(n, "value"))
		case n.DataAtom == atom.Select:
			if option := chosen(n); option != nil {
				fields.Add(attribute(n, "name"), attribute(option, "value"))
			}
		}
	}
	return attribute(form, "action"), fields, nil
}

// sends reports whether a browser sends an input that nobody has touched.
func sends(input *html.Node) bool {
	switch attribute(input, "type") {
	case "radio", "checkbox":
		return has(input, "checked")
	case "submit", "button", "image", "reset":
		return false
	}
	return attribute(input, "name") != ""
}

// chosen returns the selected option of a list, otherwise the first.
func chosen(list *html.Node) *html.Node {
	isOption := func(n *html.Node) bool { return n.DataAtom == atom.Option }
	if selected := find(list, func(n *html.Node) bool { return isOption(n) && has(n, "selected") }); selected != nil {
		return selected
	}
	return find(list, isOption)
}

func find(root *html.Node, wanted func(*html.Node) bool) *html.Node {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && wanted(n) {
			return n
		}
	}
	return nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
