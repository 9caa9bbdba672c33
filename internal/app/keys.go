package app

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/tillpost/tillpost/internal/seal"
)

const keyBytes = 32

// keys are the secrets that a server works with.
type keys struct {
	seal []seal.Key
	// page authenticates page tokens; it follows from the first seal key, so that all servers agree on it.
	page []byte
	// tokens is the seed of the development issuer's key; empty in production.
	tokens []byte
}

// loadKeys takes the keys from the configuration, or in development from a file that it makes when it is missing.
func loadKeys(cfg *Config) (keys, error) {
	text := string(cfg.SealKeys)
	var tokens []byte
	if cfg.development() {
		own, err := developmentKeys(cfg.KeyFile)
		if err != nil {
			return keys{}, err
		}
		tokens = own.Tokens
		if text == "" {
			text = base64.StdEncoding.EncodeToString(own.Seal)
		}
	}
	sealKeys, err := seal.ParseKeys(text)
	if err != nil {
		return keys{}, fmt.Errorf("--seal-keys: %w", err)
	}
	page, err := hkdf.Key(sha256.New, sealKeys[0][:], nil, "tillpost page tokens", keyBytes)
	if err != nil {
		return keys{}, fmt.Errorf("derive the key of page tokens: %w", err)
	}
	return keys{seal: sealKeys, page: page, tokens: tokens}, nil
}

// keyFile is the content of a development key file.
type keyFile struct {
	Seal   []byte `json:"seal"`
	Tokens []byte `json:"tokens"`
}

// developmentKeys reads the key file, or makes one that only its owner can read.
func developmentKeys(path string) (keyFile, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		return makeKeyFile(path)
	}
	if err != nil {
		return keyFile{}, fmt.Errorf("read the development keys: %w", err)
	}
	var file keyFile
	if err := json.Unmarshal(text, &file); err != nil || len(file.Seal) != keyBytes || len(file.Tokens) != keyBytes {
		return keyFile{}, fmt.Errorf("the development key file %s is damaged; remove it to make a new one "+
			"(retailers then connect again)", path)
	}
	return file, nil
}

func makeKeyFile(path string) (keyFile, error) {
	file := keyFile{Seal: make([]byte, keyBytes), Tokens: make([]byte, keyBytes)}
	if _, err := rand.Read(file.Seal); err != nil {
		return keyFile{}, fmt.Errorf("make a key: %w", err)
	}
	if _, err := rand.Read(file.Tokens); err != nil {
		return keyFile{}, fmt.Errorf("make a key: %w", err)
	}
	text, err := json.Marshal(file)
	if err != nil {
		return keyFile{}, fmt.Errorf("encode the development keys: %w", err)
	}
	const ownerOnly = 0o600
	if err := os.WriteFile(path, text, ownerOnly); err != nil {
		return keyFile{}, fmt.Errorf("keep the development keys: %w", err)
	}
	return file, nil
}
