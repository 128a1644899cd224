package ews

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// AddressBook is one list that the manifest of an offline address book names.
//
// The lists themselves are not read. They are files in LZX DELTA with windows of 128 KiB and more ([MS-PATCH], [MS-OXOAB] 2.11). Of the Go modules that
// decompress LZX the one that is well kept, github.com/Microsoft/go-winio/wim/lzx (looked at in v0.6.4), reads the variant of WIM images with its fixed window
// of 32 KiB and cannot read these; libmspack, which can, is C. The directory is asked by ResolveNames instead, which is also never a day old.
type AddressBook struct {
	ID       string // guid of the list
	Name     string // such as \Default Global Address List
	DN       string
	Sequence int // of the newest file; it grows when the list is made anew
	Version  int // 32: offline address book version 4
	File     string
	Size     int64 // of the file, and of what is in it
	Unpacked int64
	Updates  int // files that only hold what has changed
}

// manifest is oab.xml, [MS-OXWOAB] 2.2.
type manifest struct {
	XMLName xml.Name `xml:"OAB"`
	Lists   []struct {
		ID   string `xml:"id,attr"`
		Name string `xml:"name,attr"`
		DN   string `xml:"dn,attr"`
		Full []struct {
			Sequence int    `xml:"seq,attr"`
			Version  int    `xml:"ver,attr"`
			Size     int64  `xml:"size,attr"`
			Unpacked int64  `xml:"uncompressedsize,attr"`
			File     string `xml:",chardata"`
		} `xml:"Full"`
		Updates []struct{} `xml:"Diff"`
	} `xml:"OAL"`
}

const (
	manifestName = "oab.xml"
	// maxManifest is far above what hundreds of lists with all their updates need.
	maxManifest = 4 << 20
)

// AddressBooks reads the manifest of an offline address book, and so proves its address: that of the folder, or of oab.xml in it. The account signs in
// there as it does to the web service, under the same guard.
func (c *Client) AddressBooks(ctx context.Context, address string) ([]AddressBook, error) {
	const op = "read offline address book"
	fail := func(e *Error) error {
		e.Op = op
		return e
	}
	u, err := manifestURL(address)
	if err != nil {
		return nil, fail(&Error{Class: ClassInvalid, Err: err})
	}
	if u.Scheme != "https" && !c.opts.Plain && !isLoopback(u.Hostname()) {
		return nil, fail(&Error{Class: ClassInvalid, Err: errors.New("http would show the secret to the network")})
	}
	l, err := newLane(&c.opts, u, c.gate)
	if err != nil {
		return nil, fail(&Error{Class: ClassInvalid, Err: err})
	}
	l.method = http.MethodGet
	defer l.tr.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	resp, err := l.exchange(ctx, http.Header{"User-Agent": {c.opts.UserAgent}, "Accept": {"text/xml"}}, nil)
	if err != nil {
		return nil, named(op, err)
	}
	defer drain(resp)
	if resp.StatusCode != http.StatusOK {
		e := statusError(resp.StatusCode, resp.Header, u, c.opts.Now())
		if resp.StatusCode == http.StatusNotFound {
			e.Err = errors.New("there is no offline address book at this address; it usually looks like https://mail.example.com/OAB/0c1a313f-272f-473b-addf-5221c64e60ff/")
		}
		return nil, fail(e)
	}
	text, err := readBody(resp, maxManifest)
	if err != nil {
		return nil, named(op, err)
	}
	books, err := readManifest(text)
	if err != nil {
		return nil, fail(&Error{Class: ClassProtocol, HTTPStatus: resp.StatusCode, Sent: true, Err: err})
	}
	return books, nil
}

// named gives an error of the connection the operation.
func named(op string, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.Op = op
		return e
	}
	e := transportError(err, true)
	e.Op = op
	return e
}

// manifestURL takes the address of the folder, with or without its last slash, or of the manifest itself.
func manifestURL(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return nil, errors.New("expected an address that begins with https://")
	}
	if !strings.HasSuffix(strings.ToLower(u.Path), "/"+manifestName) {
		u.Path = strings.TrimSuffix(u.Path, "/") + "/" + manifestName
	}
	u.RawQuery, u.Fragment = "", ""
	return u, nil
}

// readManifest reads oab.xml.
func readManifest(text []byte) ([]AddressBook, error) {
	var m manifest
	if err := xml.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("read oab.xml: the answer is no manifest of an offline address book: %w", err)
	}
	out := []AddressBook{}
	for _, l := range m.Lists {
		b := AddressBook{ID: l.ID, Name: l.Name, DN: l.DN, Updates: len(l.Updates)}
		for _, f := range l.Full {
			if b.File == "" || f.Version > b.Version || f.Version == b.Version && f.Sequence > b.Sequence {
				b.Sequence, b.Version, b.Size, b.Unpacked, b.File = f.Sequence, f.Version, f.Size, f.Unpacked, strings.TrimSpace(f.File)
			}
		}
		out = append(out, b)
	}
	return out, nil
}
