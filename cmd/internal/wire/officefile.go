package wire

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"lockstep/sync/localapi"
)

// OfficeFile is what an office.toml says.
type OfficeFile struct {
	localapi.Draft

	lines map[string]int
	text  []byte
}

// FileProblem is one thing that is wrong in an office.toml. It never quotes a
// value, which may be a password in the wrong place.
type FileProblem struct {
	localapi.FieldProblem
	Line int // 0: unknown
}

// FileError lists everything that is wrong in an office.toml.
type FileError struct{ Problems []FileProblem }

// Error is one line a problem.
func (e *FileError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		where := ""
		if p.Line > 0 {
			where = fmt.Sprintf("line %d: ", p.Line)
		}
		if p.Key != "" {
			where += p.Key + ": "
		}
		lines[i] = where + p.Say
	}
	return strings.Join(lines, "\n")
}

// maxOfficeFile bounds what ParseOffice reads: the file is written by hand.
const maxOfficeFile = 1 << 20

// ParseOffice reads an office.toml. A key that does not exist is refused, and
// so is every key that sounds like a secret: the file is meant to be kept and
// shown. The error is a *FileError.
func ParseOffice(data []byte) (OfficeFile, error) {
	var f OfficeFile
	if len(data) > maxOfficeFile {
		return f, fileError(0, "", "the file is larger than 1 MiB; an office.toml is a page of text")
	}
	if secrets := findSecrets(data); len(secrets) > 0 {
		return f, &FileError{Problems: secrets}
	}
	dec := toml.NewDecoder(strings.NewReader(string(data))).DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return f, explainTOML(err)
	}
	f.text = data
	f.lines = map[string]int{}
	eachKey(data, func(key string, line int) {
		if _, ok := f.lines[key]; !ok {
			f.lines[key] = line
		}
	})
	return f, nil
}

// with is the file with other values in the place of some of its own.
func (f OfficeFile) with(values []byte) (OfficeFile, error) {
	out := OfficeFile{lines: f.lines, text: f.text}
	for _, text := range [][]byte{f.text, values} {
		if err := toml.Unmarshal(text, &out); err != nil {
			return out, explainTOML(err)
		}
	}
	return out, nil
}

func fileError(line int, key, say string) *FileError {
	return &FileError{Problems: []FileProblem{problemAt(line, key, say)}}
}

func problemAt(line int, key, say string) FileProblem {
	return FileProblem{Line: line, FieldProblem: localapi.FieldProblem{Key: key, Code: localapi.FieldInvalid, Say: say}}
}

// explainTOML turns the library's errors into positions and words.
func explainTOML(err error) error {
	if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		out := &FileError{}
		for _, e := range strict.Errors {
			line, _ := e.Position()
			key := strings.Join(e.Key(), ".")
			out.Problems = append(out.Problems, problemAt(line, key, "there is no such key; "+known(e.Key())))
		}
		return out
	}
	if e, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := e.Position()
		key := strings.Join(e.Key(), ".")
		if want := expected(e.Key()); want != "" {
			return fileError(line, key, "expected "+want)
		}
		return fileError(line, key, "this is not TOML: "+strings.TrimPrefix(e.Error(), "toml: ")+
			"; a line is a [section] or key = value, with text in quotes")
	}
	return fileError(0, "", "this cannot be read as TOML; a line is a [section] or key = value, with text in quotes")
}

// kinds says what each key holds.
func kinds() map[string]string {
	const text, switched, number = `text in quotes`, `true or false`, `a whole number`
	return map[string]string{
		"office": text, "zone": text,
		"exchange.url": text, "exchange.domain": text, "exchange.user": text, "exchange.auth": text,
		"exchange.access": text, "exchange.version": text, "exchange.ca_file": text, "exchange.pin_sha256": text,
		"exchange.legacy_tls": switched, "exchange.plain": switched, "exchange.group": text, "exchange.oab_url": text,
		"severa.url": text, "severa.client_id": text, "severa.ca_file": text, "severa.pin_sha256": text,
		"network.proxy": text, "network.proxy_user": text, "network.no_proxy": `a list such as ["mail.office.example", "10.0.0.0/8"]`,
		"people.everyone": switched, "people.guests": switched,
		"person.severa": text, "person.exchange": text, "person.name": text, "person.zone": text,
		"resource.severa": text, "resource.exchange": text, "resource.name": text,
		"person.direction": text, "updates.check": switched, "updates.url": text, "screen.show_subjects": switched, "screen.me": text,
		"aliases": `a section of addresses such as "anna@old.example" = "anna@example.com"`, "private.to_severa": text, "private.to_exchange": text,
		"filter.categories": `a list such as ["Home"]`, "filter.only_categories": `a list such as ["Customers"]`,
		"filter.show_as": `a list such as ["free", "tentative"]`, "filter.all_day": switched,
		"filter.subjects": `a list such as ["lunch", "*birthday*"]`, "rules.fields": `a section of names and directions`,
		"rules.winner": text, "rules.direction": text, "rules.deleted": text, "rules.send_meeting_requests": switched,
		"rules.types": `a list such as ["Meeting", "Call"]`, "rules.every": `text such as "30s"`, "rules.promise": `text such as "15m"`,
		"rules.days_back": number, "rules.days_ahead": number,
		"rules.limits.delete_floor": number, "rules.limits.delete_percent": number, "rules.limits.delete_run": number,
		"rules.limits.delete_day": number, "rules.limits.shrink_percent": number, "rules.limits.shift_floor": number,
		"rules.limits.shift_percent": number, "rules.limits.create_floor": number, "rules.limits.create_percent": number,
	}
}

func expected(key []string) string { return kinds()[strings.Join(key, ".")] }

// known lists the keys that could have been meant.
func known(key []string) string {
	section := strings.Join(key[:max(len(key)-1, 0)], ".")
	var names []string
	for k := range kinds() {
		head, name, dotted := cutLast(k)
		if !dotted && section == "" || dotted && head == section {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) == 0 || section == "" {
		return "at the top are office, zone and the sections [exchange], [severa], [network], [people], [[person]], [[resource]], [rules], [rules.fields], [rules.limits], [private], [filter], [screen], [updates] and [aliases]"
	}
	return "[" + section + "] knows " + strings.Join(names, ", ")
}

func cutLast(key string) (head, name string, dotted bool) {
	i := strings.LastIndexByte(key, '.')
	if i < 0 {
		return "", key, false
	}
	return key[:i], key[i+1:], true
}

// findSecrets lists the keys that sound like a secret, whatever they hold.
func findSecrets(data []byte) []FileProblem {
	var out []FileProblem
	eachKey(data, func(key string, line int) {
		_, name, _ := cutLast(strings.ToLower(key))
		for _, word := range []string{"password", "passwd", "secret", "token", "passphrase", "api_key", "apikey", "credential"} {
			if strings.Contains(name, word) {
				which := SecretExchange
				if strings.HasPrefix(key, "severa") {
					which = SecretSevera
				}
				out = append(out, problemAt(line, key, "a secret does not belong in this file; remove the line and type `lockstepctl secret set "+
					which+"`, which keeps it in the keyring. If the file was shared, change the secret as well"))
				return
			}
		}
	})
	return out
}

// eachKey lists every key with its dotted name and line, as far as the text
// can be read.
func eachKey(data []byte, do func(key string, line int)) {
	var p unstable.Parser
	p.Reset(data)
	section := ""
	for p.NextExpression() {
		e := p.Expression()
		name, line := keyOf(&p, e)
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			section = name
			do(section, line)
		case unstable.KeyValue:
			full := strings.TrimPrefix(section+"."+name, ".")
			do(full, line)
			if e.Value().Kind == unstable.InlineTable {
				for it := e.Value().Children(); it.Next(); {
					if inner, at := keyOf(&p, it.Node()); inner != "" {
						do(full+"."+inner, cmp.Or(at, line))
					}
				}
			}
		default:
		}
	}
}

func keyOf(p *unstable.Parser, e *unstable.Node) (name string, line int) {
	var parts []string
	for it := e.Key(); it.Next(); {
		parts = append(parts, string(it.Node().Data))
		if line == 0 {
			line = p.Shape(it.Node().Raw).Start.Line
		}
	}
	return strings.Join(parts, "."), line
}
