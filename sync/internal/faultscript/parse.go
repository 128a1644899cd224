package faultscript

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// maxScript bounds what Parse reads: a script is written by hand.
const maxScript = 1 << 20

type file struct {
	Rule []fileRule `toml:"rule"`
}

type fileRule struct {
	Side       string   `toml:"side"`
	Op         string   `toml:"op"`
	Who        string   `toml:"who"`
	After      int      `toml:"after"`
	Times      int      `toml:"times"`
	Kind       Kind     `toml:"kind"`
	Delay      duration `toml:"delay"`
	Skew       duration `toml:"skew"`
	RetryAfter duration `toml:"retry_after"`
}

type duration time.Duration

func (d *duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("bad duration %q (write it like \"1.5s\" or \"-2m\")", text)
	}
	*d = duration(v)
	return nil
}

// Parse reads a script in TOML, see the package comment for the form. An
// unknown key, kind or side is an error that names its line. A script without
// rules is a script that never faults.
func Parse(r io.Reader) (*Script, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxScript+1))
	if err != nil {
		return nil, fmt.Errorf("read fault script: %w", err)
	}
	if len(data) > maxScript {
		return nil, fmt.Errorf("read fault script: longer than %d bytes", maxScript)
	}
	var f file
	dec := toml.NewDecoder(strings.NewReader(string(data))).DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return nil, explain(err)
	}
	lines := ruleLines(data)
	s := New()
	for i, fr := range f.Rule {
		rule := fr.rule()
		if err := rule.check(); err != nil {
			return nil, fmt.Errorf("parse fault script: %s: %w", place(i, lines), err)
		}
		s.Add(rule)
	}
	return s, nil
}

func (fr fileRule) rule() Rule {
	return Rule{
		Side: strings.ToLower(fr.Side), Op: fr.Op, Who: fr.Who,
		After: fr.After, Times: fr.Times, Kind: fr.Kind,
		Delay: time.Duration(fr.Delay), Skew: time.Duration(fr.Skew), RetryAfter: time.Duration(fr.RetryAfter),
	}
}

func (r Rule) check() error {
	switch {
	case r.Kind == None:
		return errors.New(`kind is missing: add a line such as kind = "throttle"`)
	case r.Side != "" && r.Side != "exchange" && r.Side != "severa":
		return fmt.Errorf("unknown side %q (exchange, severa, or leave it out for both)", r.Side)
	case r.After < 0:
		return fmt.Errorf("after is %d: must not be negative", r.After)
	case r.Times < 0:
		return fmt.Errorf("times is %d: must not be negative (0 means forever)", r.Times)
	case r.Delay < 0:
		return fmt.Errorf("delay is %s: must not be negative", r.Delay)
	case r.RetryAfter < 0:
		return fmt.Errorf("retry_after is %s: must not be negative", r.RetryAfter)
	case r.Kind == Slow && r.Delay == 0:
		return errors.New(`kind "slow" needs a delay`)
	case r.Kind == Skew && r.Skew == 0:
		return errors.New(`kind "skew" needs a skew, such as skew = "-90s"`)
	case r.Kind == Skew && (r.Op != "" && r.Op != "*" || r.Who != "" || r.After != 0 || r.Times != 0):
		return errors.New(`kind "skew" holds all the time and for everyone: remove op, who, after and times`)
	case r.Kind != Skew && r.Skew != 0:
		return errors.New(`skew is only for kind "skew"`)
	}
	return nil
}

// explain turns the library's errors into one line with a position.
func explain(err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		e := strict.Errors[0]
		line, _ := e.Position()
		return fmt.Errorf("parse fault script: line %d: unknown key %q", line, strings.Join(e.Key(), "."))
	}
	var de *toml.DecodeError
	if errors.As(err, &de) {
		line, column := de.Position()
		return fmt.Errorf("parse fault script: line %d, column %d: %w", line, column, err)
	}
	return fmt.Errorf("parse fault script: %w", err)
}

// ruleLines returns the line of every [[rule]] header. It is empty when the
// rules are written as an inline array.
func ruleLines(data []byte) []int {
	var p unstable.Parser
	p.Reset(data)
	var lines []int
	for p.NextExpression() {
		e := p.Expression()
		if e.Kind != unstable.ArrayTable {
			continue
		}
		it := e.Key()
		if !it.Next() || string(it.Node().Data) != "rule" {
			continue
		}
		lines = append(lines, p.Shape(it.Node().Raw).Start.Line)
	}
	return lines
}

func place(i int, lines []int) string {
	if i < len(lines) {
		return fmt.Sprintf("line %d", lines[i])
	}
	return fmt.Sprintf("rule %d", i+1)
}
