package postgrestest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const howToInstall = "install PostgreSQL 14 or newer (Debian, Ubuntu: apt-get install postgresql; macOS: brew install " +
	"postgresql) or put the folder of its programs on the PATH"

var errNotInstalled = errors.New("PostgreSQL's programs initdb and postgres were not found")

// findPrograms returns the folder of initdb and postgres: the one on the PATH, else the newest where packages put it
// (Debian keeps it off the PATH), else the one that pg_config names.
func findPrograms(ctx context.Context) (string, error) {
	var folders []string
	if found, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(resolve(found)))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql*/bin", "/usr/local/bin",
		"/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
	} {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			return "", fmt.Errorf("look for PostgreSQL in %s: %w", pattern, err)
		}
		folders = append(folders, newestFirst(matches)...)
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(out)))
	}
	return firstComplete(folders)
}

// firstComplete returns the first folder that has both programs.
func firstComplete(folders []string) (string, error) {
	for _, folder := range folders {
		if isProgram(filepath.Join(folder, "initdb")) && isProgram(filepath.Join(folder, "postgres")) {
			return folder, nil
		}
	}
	return "", errNotInstalled
}

// newestFirst sorts folders by the number in their name, such as 15 in /usr/lib/postgresql/15/bin.
func newestFirst(folders []string) []string {
	slices.SortStableFunc(folders, func(a, b string) int { return cmp.Compare(major(b), major(a)) })
	return folders
}

func major(folder string) int {
	name := filepath.Base(filepath.Dir(folder))
	digits := name[strings.LastIndexFunc(name, func(r rune) bool { return r < '0' || r > '9' })+1:]
	number, err := strconv.Atoi(digits)
	if err != nil {
		return 0 // without a number: last
	}
	return number
}

// isProgram says whether path is a program and not a script around one: a script would get the signals that are meant for
// the server, and end without it.
func isProgram(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	start := make([]byte, len("#!"))
	_, err = io.ReadFull(file, start)
	return err == nil && !bytes.Equal(start, []byte("#!"))
}
