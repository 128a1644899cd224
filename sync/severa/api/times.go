package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Time is an instant as the API writes it: ISO 8601 with an offset. The zero Time stands for null and
// for an absent member, and is written as null. The offset that the server sent is kept.
type Time struct{ time.Time }

// At wraps t.
func At(t time.Time) Time { return Time{Time: t} }

const timeLayout = "2006-01-02T15:04:05.9999999-07:00" // .NET has seven digits

// readLayouts differ in how the offset is written; Go reads fractions of seconds with each. A time
// without an offset is refused: whose clock it shows is not documented, and a guess moves a meeting.
var readLayouts = []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01-02T15:04Z07:00"}

// UnmarshalJSON reads null, the empty string and times with any offset. The year 1 in UTC, which .NET
// writes for "never set", reads as the zero Time.
func (t *Time) UnmarshalJSON(data []byte) error {
	s, ok := optionalText(data)
	if !ok {
		return typeError("time", t)
	}
	if s == "" {
		*t = Time{}
		return nil
	}
	for _, layout := range readLayouts {
		v, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if v.Year() <= 1 || v.UTC().Year() <= 1 { // .NET's DateTime.MinValue in any zone: unset
			v = time.Time{}
		}
		*t = Time{Time: v}
		return nil
	}
	return typeError("text that is no time with an offset", t)
}

// MarshalJSON writes the time with its offset, down to 100 ns, or null.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	s, err := t.text()
	if err != nil {
		return nil, err
	}
	return json.Marshal(s)
}

func (t Time) text() (string, error) {
	v := t.Time
	if _, offset := v.Zone(); offset%60 != 0 || offset < -14*3600 || offset > 14*3600 {
		v = v.UTC() // .NET knows offsets of whole minutes up to 14 h
	}
	if y := v.UTC().Year(); y < 1 || y > 9999 || v.Year() < 1 || v.Year() > 9999 {
		return "", fmt.Errorf("write time: year %d is outside 1..9999", y)
	}
	return v.Format(timeLayout), nil
}

// Date is a calendar day. The zero Date stands for null and for an absent member.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// IsZero reports whether the date is unset.
func (d Date) IsZero() bool { return d == Date{} }

// String returns YYYY-MM-DD, or "" when unset.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// UnmarshalJSON reads null, YYYY-MM-DD, and the date part of a local midnight (a time as the server
// writes it, with or without an offset).
func (d *Date) UnmarshalJSON(data []byte) error {
	s, ok := optionalText(data)
	if !ok {
		return typeError("date", d)
	}
	if s == "" {
		*d = Date{}
		return nil
	}
	day, clock, timed := strings.Cut(s, "T")
	v, err := time.Parse(time.DateOnly, day)
	if err != nil || timed && !strings.HasPrefix(clock, "00:00") {
		return typeError("text that is no date", d)
	}
	*d = Date{}
	if v.Year() > 1 {
		d.Year, d.Month, d.Day = v.Date()
	}
	return nil
}

// MarshalJSON writes YYYY-MM-DD or null.
func (d Date) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	v := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	if y, m, day := v.Date(); y != d.Year || m != d.Month || day != d.Day || y < 1 || y > 9999 {
		return nil, fmt.Errorf("write date: day %d of month %d of year %d does not exist", d.Day, int(d.Month), d.Year)
	}
	return json.Marshal(d.String())
}

// optionalText reads a JSON string; null reads as "".
func optionalText(data []byte) (string, bool) {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return "", false
	}
	return strings.TrimSpace(s), true
}

// typeError is completed by encoding/json with the name of the member. It never holds the value.
func typeError(what string, into any) error {
	return &json.UnmarshalTypeError{Value: what, Type: reflect.TypeOf(into).Elem()}
}
