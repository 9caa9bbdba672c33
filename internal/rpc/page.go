package rpc

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"connectrpc.com/connect/v2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

const (
	defaultPageSize  = 100
	minPageKeyBytes  = 32
	pageTokenVersion = 1
	pageTagBytes     = 16
	messagePageToken = "this page token is not of this call with these filters: leave it out to begin with the first page"
)

// pager makes page tokens: a cursor of the store under a tag that only this service can make, bound to the call, the
// retailer and the filters. A token says where to go on and never what may be seen.
type pager struct{ key []byte }

func newPager(key []byte) (pager, error) {
	if len(key) < minPageKeyBytes {
		return pager{}, fmt.Errorf("rpc: the key of page tokens has %d bytes and must have %d or more", len(key),
			minPageKeyBytes)
	}
	return pager{key: key}, nil
}

// paged is a request for a page of a list.
type paged interface {
	tenanted
	GetPageSize() int32
	GetPageToken() string
}

// page says which part of a list a request asks for: how many rows, after which cursor.
func (p pager) page(request paged) (limit int, after string, err error) {
	limit = int(request.GetPageSize())
	if limit == 0 {
		limit = defaultPageSize
	}
	after, err = p.open(request)
	return limit, after, err
}

// next makes the token of the page after this one; empty when cursor is.
func (p pager) next(request paged, cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	tag, err := p.tag(request, cursor)
	if err != nil {
		return "", err
	}
	token := append(append([]byte{pageTokenVersion}, tag...), cursor...)
	return base64.RawURLEncoding.EncodeToString(token), nil
}

func (p pager) open(request paged) (string, error) {
	text := request.GetPageToken()
	if text == "" {
		return "", nil
	}
	token, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(token) <= 1+pageTagBytes || token[0] != pageTokenVersion {
		return "", pageTokenInvalid()
	}
	cursor := string(token[1+pageTagBytes:])
	tag, err := p.tag(request, cursor)
	if err != nil {
		return "", err
	}
	if !hmac.Equal(token[1:1+pageTagBytes], tag) {
		return "", pageTokenInvalid()
	}
	return cursor, nil
}

// tag authenticates a cursor for a request. All of the request counts but the token itself and the size of the page,
// which may change on the way; a filter that is added to the API later counts by itself.
func (p pager) tag(request paged, cursor string) ([]byte, error) {
	filters := proto.Clone(request)
	m := filters.ProtoReflect()
	fields := m.Descriptor().Fields()
	for _, name := range []protoreflect.Name{"page_size", "page_token"} {
		m.Clear(fields.ByName(name))
	}
	scope, err := proto.MarshalOptions{Deterministic: true}.Marshal(filters)
	if err != nil {
		return nil, fmt.Errorf("encode the filters of a page: %w", err)
	}
	mac := hmac.New(sha256.New, p.key)
	for _, part := range [][]byte{[]byte(m.Descriptor().FullName()), scope, []byte(cursor)} {
		sum := sha256.Sum256(part)
		mac.Write(sum[:])
	}
	return mac.Sum(nil)[:pageTagBytes], nil
}

func pageTokenInvalid() *callError {
	e := newError(connect.CodeInvalidArgument, reasonPageTokenInvalid, messagePageToken)
	e.violations = []violation{{field: "page_token", description: "is not of this call with these filters"}}
	return e
}
