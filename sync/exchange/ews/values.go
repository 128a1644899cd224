package ews

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parseDateTime reads an xs:dateTime: with Z, with an offset, with a fraction, or with neither zone nor offset.
func parseDateTime(s string) (DateTime, error) {
	raw := strings.TrimSpace(s)
	if raw == "" {
		return DateTime{}, errors.New("time is empty")
	}
	if t, err := time.Parse("2006-01-02T15:04:05Z07:00", raw); err == nil {
		return DateTime{Raw: raw, Time: t.UTC(), Zoned: true}, nil
	}
	t, err := time.Parse("2006-01-02T15:04:05", raw)
	if err != nil {
		return DateTime{Raw: raw}, errors.New("time is not in the form yyyy-mm-ddThh:mm:ss")
	}
	return DateTime{Raw: raw, Time: t}, nil
}

const dateLen = len("2006-01-02")

// parseDate reads an xs:date and leaves out the offset that the server adds, because the day is meant in the zone of the item.
func parseDate(s string) (Date, error) {
	s = strings.TrimSpace(s)
	if len(s) < dateLen {
		return Date{}, errors.New("date is not in the form yyyy-mm-dd")
	}
	t, err := time.Parse("2006-01-02", s[:dateLen])
	if err != nil {
		return Date{}, errors.New("date is not in the form yyyy-mm-dd")
	}
	if rest := s[dateLen:]; rest != "" && rest != "Z" {
		if _, err := time.Parse("-07:00", rest); err != nil {
			return Date{}, errors.New("date is followed by something that is no offset")
		}
	}
	return Date{t.Year(), t.Month(), t.Day()}, nil
}

func parseBool(s string) (bool, error) {
	switch strings.TrimSpace(s) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, errors.New("value is neither true nor false")
}

func parseInt(s string) (int, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32)
	if err != nil {
		return 0, errors.New("value is not a whole number")
	}
	return int(n), nil
}

// same compares names as MAPI does: GUIDs and tags without case, the rest exactly.
func (u ExtendedFieldURI) same(o ExtendedFieldURI) bool {
	return u.DistinguishedSet == o.DistinguishedSet && strings.EqualFold(u.PropertySetID, o.PropertySetID) &&
		strings.EqualFold(u.PropertyTag, o.PropertyTag) && u.PropertyName == o.PropertyName && u.PropertyID == o.PropertyID
}

// String names the property for reports: it is the name in the protocol, not content.
func (u ExtendedFieldURI) String() string {
	switch {
	case u.PropertyTag != "":
		return "extended:" + u.PropertyTag
	case u.PropertyName != "":
		return "extended:" + u.PropertyName
	}
	return fmt.Sprintf("extended:%d", u.PropertyID)
}

// check refuses what the server would answer with ErrorInvalidExtendedProperty.
func (u ExtendedFieldURI) check() error {
	ways := 0
	for _, s := range []string{u.DistinguishedSet, u.PropertySetID, u.PropertyTag} {
		if s != "" {
			ways++
		}
	}
	switch {
	case ways != 1:
		return errors.New("extended property needs exactly one of tag, set and distinguished set")
	case u.PropertyType == "":
		return errors.New("extended property needs a type")
	case u.PropertyTag != "" && (u.PropertyName != "" || u.PropertyID != 0):
		return errors.New("extended property with a tag has neither name nor id")
	case u.PropertyTag == "" && (u.PropertyName == "") == (u.PropertyID == 0):
		return errors.New("extended property in a set needs either a name or an id")
	}
	return nil
}
