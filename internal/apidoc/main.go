// Command apidoc writes docs/api.md: front.md, and after it what the protos say of services, messages and enums, with the
// rules of protovalidate in words. It owns the page's layout and no fact: what it has no words for makes it fail, so that
// the page leaves nothing out. `make generate` runs it over the image that buf builds.
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// ours is what the packages of the API begin with; others are only imported.
const ours = "tillpost."

//go:embed front.md
var front string

func main() {
	out := flag.String("o", "docs/api.md", "the page to write")
	flag.Parse()
	if err := run(os.Stdin, *out); err != nil {
		fmt.Fprintln(os.Stderr, "apidoc:", err)
		os.Exit(1)
	}
}

// run reads an image from in and writes the page. Nothing is written unless all of it could be made.
func run(in io.Reader, out string) error {
	image, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("read the image: %w", err)
	}
	files, err := readImage(image)
	if err != nil {
		return err
	}
	page, err := render(front, files)
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, []byte(page), 0o644); err != nil { //nolint:gosec // a page that everybody may read
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// readImage returns the files of the API in an image, in its order, which is that of their paths.
func readImage(image []byte) ([]protoreflect.FileDescriptor, error) {
	set := &descriptorpb.FileDescriptorSet{}
	if err := proto.Unmarshal(image, set); err != nil {
		return nil, fmt.Errorf("read the image: %w", err)
	}
	known, err := protodesc.NewFiles(set)
	if err != nil {
		return nil, fmt.Errorf("link the image: %w", err)
	}
	var files []protoreflect.FileDescriptor
	for _, file := range set.GetFile() {
		if !strings.HasPrefix(file.GetPackage(), ours) {
			continue
		}
		found, err := known.FindFileByPath(file.GetName())
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", file.GetName(), err)
		}
		files = append(files, found)
	}
	if len(files) == 0 {
		return nil, errors.New("the image has no file of the API: pipe `buf build -o -` in")
	}
	return files, nil
}
