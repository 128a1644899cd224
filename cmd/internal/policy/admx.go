package policy

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// registryRoot is the key that the templates write below.
const registryRoot = `Software\Policies\Lockstep`

// ADMX is the template by which Windows' editor for group policies offers every key.
func ADMX(version string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitions xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision=%q schemaVersion="1.0">
  <policyNamespaces>
    <target prefix="lockstep" namespace="Lockstep.Policies"/>
    <using prefix="windows" namespace="Microsoft.Policies.Windows"/>
  </policyNamespaces>
  <resources minRequiredRevision="1.0"/>
  <categories>
    <category name="Lockstep" displayName="$(string.Lockstep)"/>
`, revision(version))
	for _, section := range sections() {
		fmt.Fprintf(&b, "    <category name=%q displayName=\"$(string.%s)\"><parentCategory ref=\"Lockstep\"/></category>\n", section, section)
	}
	b.WriteString("  </categories>\n  <policies>\n")
	for _, k := range Keys() {
		section, name := k.place()
		id := k.id()
		present := ""
		if k.Kind != Switch {
			present = fmt.Sprintf(" presentation=\"$(presentation.%s)\"", id)
		}
		value := ""
		if k.Kind == Switch {
			value = fmt.Sprintf(" valueName=%q", name)
		}
		path := registryRoot
		if section != "" {
			path += `\` + strings.ReplaceAll(section, ".", `\`)
		}
		fmt.Fprintf(&b, "    <policy name=%q class=\"Both\" displayName=\"$(string.%s)\" explainText=\"$(string.%s_Help)\"%s key=\"%s\"%s>\n",
			id, id, id, present, path, value)
		category := "Lockstep"
		if section != "" {
			category = strings.ReplaceAll(section, ".", "_")
		}
		fmt.Fprintf(&b, "      <parentCategory ref=%q/>\n      <supportedOn ref=\"windows:SUPPORTED_Windows_10_0\"/>\n", category)
		element(&b, k, name)
		b.WriteString("    </policy>\n")
	}
	b.WriteString("  </policies>\n</policyDefinitions>\n")
	return b.String()
}

// element is what the editor lets an administrator fill in.
func element(b *strings.Builder, k Key, name string) {
	switch {
	case k.Kind == Switch:
		b.WriteString("      <enabledValue><decimal value=\"1\"/></enabledValue>\n      <disabledValue><decimal value=\"0\"/></disabledValue>\n")
	case k.Choices != nil:
		fmt.Fprintf(b, "      <elements><enum id=\"Value\" valueName=%q required=\"true\">\n", name)
		for _, word := range k.Choices {
			fmt.Fprintf(b, "        <item displayName=\"$(string.Word_%s)\"><value><string>%s</string></value></item>\n", word, word)
		}
		b.WriteString("      </enum></elements>\n")
	case k.Kind == Number:
		fmt.Fprintf(b, "      <elements><decimal id=\"Value\" valueName=%q minValue=\"0\" maxValue=\"1000000\"/></elements>\n", name)
	case k.Kind == List:
		fmt.Fprintf(b, "      <elements><multiText id=\"Value\" valueName=%q/></elements>\n", name)
	default:
		fmt.Fprintf(b, "      <elements><text id=\"Value\" valueName=%q required=\"true\"/></elements>\n", name)
	}
}

// ADML is the English text of the template.
func ADML(version string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitionResources xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision=%q schemaVersion="1.0">
  <displayName>Lockstep</displayName>
  <description>Settings of Lockstep that an organisation fixes</description>
  <resources>
    <stringTable>
`, revision(version))
	line := func(id, text string) { fmt.Fprintf(&b, "      <string id=%q>%s</string>\n", id, escape(text)) }
	line("Lockstep", "Lockstep")
	for _, s := range sections() {
		line(s, "["+strings.ReplaceAll(s, "_", ".")+"]")
	}
	said := map[string]bool{}
	for _, k := range Keys() {
		line(k.id(), k.Name)
		help := k.Help
		if k.Default != "" {
			help += " Without a policy and a setting of the office: " + k.Default + "."
		}
		line(k.id()+"_Help", help)
		for _, word := range k.Choices {
			if !said[word] {
				said[word] = true
				line("Word_"+word, word)
			}
		}
	}
	b.WriteString("    </stringTable>\n    <presentationTable>\n")
	for _, k := range Keys() {
		label := escape(k.Name)
		body := ""
		switch {
		case k.Kind == Switch:
			continue
		case k.Choices != nil:
			body = fmt.Sprintf("<dropdownList refId=\"Value\" noSort=\"true\" defaultItem=\"0\">%s</dropdownList>", label)
		case k.Kind == Number:
			body = fmt.Sprintf("<decimalTextBox refId=\"Value\">%s</decimalTextBox>", label)
		case k.Kind == List:
			body = fmt.Sprintf("<multiTextBox refId=\"Value\">%s</multiTextBox>", label)
		default:
			body = fmt.Sprintf("<textBox refId=\"Value\"><label>%s</label></textBox>", label)
		}
		fmt.Fprintf(&b, "      <presentation id=%q>%s</presentation>\n", k.id(), body)
	}
	b.WriteString("    </presentationTable>\n  </resources>\n</policyDefinitionResources>\n")
	return b.String()
}

// place is the section of a key, and its name in it.
func (k Key) place() (section, name string) {
	i := strings.LastIndexByte(k.Name, '.')
	if i < 0 {
		return "", k.Name
	}
	return k.Name[:i], k.Name[i+1:]
}

// id names a key where a dot may not stand; sections have no capital letter before them.
func (k Key) id() string { return "Key_" + strings.ReplaceAll(k.Name, ".", "_") }

// sections are those of all keys, each once, as names of categories.
func sections() []string {
	var out []string
	seen := map[string]bool{}
	for _, k := range Keys() {
		if s, _ := k.place(); s != "" && !seen[s] {
			seen[s] = true
			out = append(out, strings.ReplaceAll(s, ".", "_"))
		}
	}
	return out
}

// revision is a version as the schema wants it: two numbers.
func revision(version string) string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return "1.0"
	}
	return parts[0] + "." + parts[1]
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes all
	return b.String()
}
