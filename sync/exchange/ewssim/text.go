package ewssim

import (
	"errors"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/zone"
)

func equalFold(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

func rulesNow(loc *time.Location, now time.Time) zone.Rules { return zone.RulesFor(loc, now.Year()) }

// byPrincipal finds the mailbox of account@domain.
func (s *Server) byPrincipal(upn string) *store.Mailbox {
	account, _, ok := strings.Cut(upn, "@")
	if !ok {
		return nil
	}
	return s.store.Owned(account)
}

// parseBool reads xs:boolean.
func parseBool(s string) (bool, error) {
	switch strings.TrimSpace(s) {
	case "1", "true":
		return true, nil
	case "0", "false":
		return false, nil
	}
	return false, fmt.Errorf("%q is not a boolean", s)
}

// parseTime reads xs:dateTime. Without an offset the time is in loc.
func parseTime(s string, loc *time.Location) (time.Time, error) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC(), nil
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05", s, loc)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a dateTime", s)
	}
	return t.UTC(), nil
}

// parseDate reads xs:date; an offset is allowed and means nothing.
func parseDate(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if len(s) < len(time.DateOnly) {
		return time.Time{}, fmt.Errorf("%q is not a date", s)
	}
	t, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)])
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a date", s)
	}
	rest := s[len(time.DateOnly):]
	if rest != "" && rest != "Z" && !dateOffset.MatchString(rest) {
		return time.Time{}, fmt.Errorf("%q is not a date", s)
	}
	return t, nil
}

var (
	dateOffset  = regexp.MustCompile(`^[+-]\d\d:\d\d$`)
	isoDuration = regexp.MustCompile(`^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$`)
)

func parseISODuration(s string) (time.Duration, error) {
	m := isoDuration.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return 0, fmt.Errorf("%q is not a duration", s)
	}
	var d time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if n, err := strconv.Atoi(m[i+2]); err == nil {
			d += time.Duration(n) * unit
		}
	}
	if m[1] == "-" {
		d = -d
	}
	return d, nil
}

var (
	htmlBlock = regexp.MustCompile(`(?i)<br\s*/?>|</p>|</div>|</tr>|</h\d>`)
	htmlSkip  = regexp.MustCompile(`(?is)<(head|style|script)\b.*?</(head|style|script)>`)
	htmlTag   = regexp.MustCompile(`(?s)<[^>]*>`)
)

// textOf turns HTML into plain text, roughly as the server does.
func textOf(h string) string {
	h = htmlSkip.ReplaceAllString(h, "")
	h = strings.NewReplacer("\r", "", "<br>\r\n", "<br>", "<br>\n", "<br>", "\n", " ").Replace(h) // a line that ends after a break is one break
	h = htmlBlock.ReplaceAllString(h, "\r\n")
	return strings.TrimSpace(html.UnescapeString(htmlTag.ReplaceAllString(h, "")))
}

// htmlOf wraps plain text as the server does when asked for HTML.
func htmlOf(t string) string {
	b := strings.NewReplacer("\r\n", "<br>\r\n", "\n", "<br>\r\n").Replace(html.EscapeString(t))
	return "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body>" + b + "</body></html>"
}

// cutText shortens to 255 characters, as FindItem does.
func cutText(s string) string {
	n := 0
	for i := range s {
		if n == 255 {
			return s[:i]
		}
		n++
	}
	return s
}

func parseInt(s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return n, nil
}

func itoa(n int) string { return strconv.Itoa(n) }

func isoDurationText(d time.Duration) string { return zone.ISO(d) }

// asSOAP reports whether err fails the whole request.
func asSOAP(err error, f **faultError) bool { return errors.As(err, f) }
