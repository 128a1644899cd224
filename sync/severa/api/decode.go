package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strings"
	"time"
)

// jsonBlanks is all that JSON takes for blank (RFC 8259, section 2): a form
// feed before an answer is not.
const jsonBlanks = " \t\r\n"

// RowError is a row of a list that could not be read. The rest of the page is not affected.
type RowError struct {
	Index int    // position in the page, from 0
	GUID  string // "" where not even that could be read
	Err   error  // names the member, never its value
}

// Error names the row and the reason.
func (p *RowError) Error() string {
	return fmt.Sprintf("read row %d (id %q): %v", p.Index, p.GUID, p.Err)
}

// Unwrap returns the cause.
func (p *RowError) Unwrap() error { return p.Err }

// Page is one answer of a list.
type Page[T any] struct {
	Rows     []T
	Problems []RowError
	// ServerTime is the server's clock when it answered (the Date header, whole seconds); zero when it
	// sent none. A change cursor taken from the first page does not depend on the local clock.
	ServerTime time.Time
	// Last is set on the page that completes the list.
	Last bool
}

type row interface{ id() string }

var (
	errEmpty    = errors.New("the answer is empty")
	errHTML     = errors.New("the answer is a web page, not data; a proxy or a sign-in page may be in between")
	errNoArray  = errors.New("the answer is JSON, but not a list")
	errNoObject = errors.New("the answer is JSON, but not an object")
	errTooMany  = errors.New("the answer has more rows than any page")
	errNoGUID   = errors.New("it has no id")
	errNullRow  = errors.New("it is null")
	errBadJSON  = errors.New("JSON cannot be read")
)

// decodeRows reads a list row by row. It fails only when the answer as a whole is no JSON array.
func decodeRows[T row](body []byte) (rows []T, problems []RowError, err error) {
	raws, err := splitArray(body)
	if err != nil {
		return nil, nil, err
	}
	rows = make([]T, 0, len(raws))
	for i, raw := range raws {
		v, err := decodeRow[T](raw)
		if err != nil {
			problems = append(problems, RowError{Index: i, GUID: readGUID(raw), Err: err})
			continue
		}
		rows = append(rows, v)
	}
	return rows, problems, nil
}

// decodeOne reads an answer that is one object.
func decodeOne[T row](body []byte) (T, error) {
	var zero T
	trimmed := bytes.Trim(body, jsonBlanks)
	switch {
	case len(trimmed) == 0:
		return zero, errEmpty
	case !json.Valid(trimmed):
		return zero, notJSON(trimmed)
	case trimmed[0] != '{':
		return zero, errNoObject
	}
	v, err := decodeRow[T](trimmed)
	if err != nil {
		return zero, &RowError{GUID: readGUID(trimmed), Err: err}
	}
	return v, nil
}

func splitArray(body []byte) ([]json.RawMessage, error) {
	trimmed := bytes.Trim(body, jsonBlanks)
	switch {
	case len(trimmed) == 0:
		return nil, errEmpty
	case !json.Valid(trimmed):
		return nil, notJSON(trimmed)
	case trimmed[0] != '[':
		return nil, errNoArray
	}
	var raws []json.RawMessage
	d := json.NewDecoder(bytes.NewReader(trimmed))
	if _, err := d.Token(); err != nil {
		return nil, describe(err)
	}
	for d.More() {
		if len(raws) >= maxRows {
			return nil, errTooMany
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, describe(err)
		}
		raws = append(raws, raw)
	}
	return raws, nil
}

// maxRows is a hundred times what a page holds. Each row costs far more memory
// than the few bytes that it may have on the wire.
const maxRows = 10_000

func decodeRow[T row](raw json.RawMessage) (T, error) {
	var v, zero T
	if bytes.Equal(bytes.Trim(raw, jsonBlanks), []byte("null")) {
		return zero, errNullRow
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return zero, describe(err)
	}
	if strings.TrimSpace(v.id()) == "" {
		return zero, errNoGUID
	}
	return v, nil
}

func readGUID(raw json.RawMessage) string {
	var x struct {
		GUID json.RawMessage `json:"guid"`
	}
	if json.Unmarshal(raw, &x) != nil {
		return ""
	}
	s, _ := optionalText(x.GUID)
	if pathID(s) != nil {
		return ""
	}
	return s
}

// describe keeps the place of a decoding error and drops the value, which encoding/json quotes.
func describe(err error) error {
	var mismatch *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &mismatch):
		found := mismatch.Value
		if strings.HasPrefix(found, "number") {
			found = "number"
		}
		if mismatch.Field == "" {
			return fmt.Errorf("found %s where another type belongs", found)
		}
		return fmt.Errorf("member %s: found %s", mismatch.Field, found)
	case errors.As(err, &syntax):
		return fmt.Errorf("JSON is broken or cut off at byte %d", syntax.Offset)
	default:
		return errBadJSON
	}
}

func notJSON(body []byte) error {
	if body[0] == '<' {
		return errHTML
	}
	var x json.RawMessage
	return describe(json.Unmarshal(body, &x))
}

// isPage reports whether the answer says that it is a web page.
func isPage(a *answer) bool {
	t, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	return err == nil && (t == "text/html" || t == "application/xhtml+xml")
}
