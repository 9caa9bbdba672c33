package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// intuitHosts are the host names that Intuit's own clients and other people's have built in.
func intuitHosts() []string {
	return []string{
		"appcenter.intuit.com", "oauth.platform.intuit.com", "developer.api.intuit.com", "developer.intuit.com",
		"quickbooks.api.intuit.com", "sandbox-quickbooks.api.intuit.com",
		"accounts.platform.intuit.com", "sandbox-accounts.platform.intuit.com",
	}
}

// How long the certificates are valid: enough for a test environment that is left running, too little to be kept. The
// clocks of containers may differ a little.
const (
	certificateValidity = 30 * 24 * time.Hour
	certificateSkew     = time.Hour
)

// throwAwayTLS is a certificate for Intuit's host names and this machine, from a CA that is made for it alone. The CA's
// private key is never written and is forgotten at once, so ca.pem can vouch for nothing else.
type throwAwayTLS struct {
	certificate   tls.Certificate
	authorityFile string
}

// config is what a server needs; nil for plain HTTP.
func (t *throwAwayTLS) config() *tls.Config {
	if t == nil {
		return nil
	}
	return &tls.Config{Certificates: []tls.Certificate{t.certificate}, MinVersion: tls.VersionTLS12}
}

// encryption makes the certificates if HTTPS is asked for, else nil. cleanUp removes the directory that was made for them.
func (c *simulatorCommand) encryption() (made *throwAwayTLS, cleanUp func(), err error) {
	if !c.TLS {
		return nil, func() {}, nil
	}
	if c.TLSDir != "" {
		if err := os.MkdirAll(c.TLSDir, 0o755); err != nil { //nolint:gosec // other users' clients read ca.pem
			return nil, nil, fmt.Errorf("make --tls-dir: %w", err)
		}
		made, err = newThrowAwayTLS(c.TLSDir, time.Now())
		return made, func() {}, err
	}
	dir, err := os.MkdirTemp("", "tillpost-simulator-tls-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a directory for the certificates: %w", err)
	}
	if made, err = newThrowAwayTLS(dir, time.Now()); err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return made, func() { _ = os.RemoveAll(dir) }, nil
}

// newThrowAwayTLS makes a CA and a server certificate and writes ca.pem, server.pem and server-key.pem to dir.
func newThrowAwayTLS(dir string, now time.Time) (*throwAwayTLS, error) {
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the CA's key: %w", err)
	}
	authority := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "Tillpost simulator " + now.UTC().Format(time.DateTime), Organization: []string{"Tests only"}},
		NotBefore: now.Add(-certificateSkew), NotAfter: now.Add(certificateValidity),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
	}
	authorityDER, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return nil, fmt.Errorf("make the CA: %w", err)
	}
	if authority, err = x509.ParseCertificate(authorityDER); err != nil {
		return nil, fmt.Errorf("read the CA: %w", err)
	}
	serverKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the server's key: %w", err)
	}
	server := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "Tillpost simulator"},
		NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		DNSNames:    append(intuitHosts(), "localhost"),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}, //nolint:mnd // loopback
		KeyUsage:    x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	serverDER, err := x509.CreateCertificate(rand.Reader, server, authority, serverKey.Public(), authorityKey)
	if err != nil {
		return nil, fmt.Errorf("make the server's certificate: %w", err)
	}
	return writeTLS(dir, authorityDER, serverDER, serverKey)
}

// writeTLS writes the files in PEM form; the key can be read by its owner only.
func writeTLS(dir string, authorityDER, serverDER []byte, serverKey *ecdsa.PrivateKey) (*throwAwayTLS, error) {
	keyDER, err := x509.MarshalPKCS8PrivateKey(serverKey)
	if err != nil {
		return nil, fmt.Errorf("encode the server's key: %w", err)
	}
	authority := filepath.Join(dir, "ca.pem")
	for _, file := range []struct {
		path, kind string
		der        []byte
		mode       os.FileMode
	}{
		{authority, "CERTIFICATE", authorityDER, 0o644},
		{filepath.Join(dir, "server.pem"), "CERTIFICATE", serverDER, 0o644},
		{filepath.Join(dir, "server-key.pem"), "PRIVATE KEY", keyDER, 0o600},
	} {
		block := pem.EncodeToMemory(&pem.Block{Type: file.kind, Bytes: file.der})
		if err := os.WriteFile(file.path, block, file.mode); err != nil {
			return nil, fmt.Errorf("write %s: %w", file.path, err)
		}
	}
	return &throwAwayTLS{
		certificate:   tls.Certificate{Certificate: [][]byte{serverDER}, PrivateKey: serverKey},
		authorityFile: authority,
	}, nil
}
