package diagnostics

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"time"
)

// File is one file of a bundle.
type File struct {
	Name  string
	About string // what it holds, for who decides whether to send it
	// Content is the whole file.
	Content []byte
}

// Zip packs files, the list of them first.
func Zip(files []File, at time.Time) ([]byte, error) {
	var list bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&list, "%s\r\n    %s\r\n", f.Name, f.About)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range append([]File{{Name: "README.txt", Content: list.Bytes()}}, files...) {
		into, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at})
		if err == nil {
			_, err = into.Write(f.Content)
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", f.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack diagnostics: %w", err)
	}
	return out.Bytes(), nil
}

// Unzip gives the files of a bundle back.
func Unzip(packed []byte) ([]File, error) {
	r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, fmt.Errorf("open diagnostics: %w", err)
	}
	var out []File
	for _, f := range r.File {
		text, err := unpacked(f)
		if err != nil {
			return nil, fmt.Errorf("unpack %s: %w", f.Name, err)
		}
		out = append(out, File{Name: f.Name, Content: text})
	}
	return out, nil
}

// mostFile bounds a file that is unpacked: no file of a bundle is larger.
const mostFile = 64 << 20

func unpacked(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, mostFile))
}
