package spec

import "github.com/getkin/kin-openapi/openapi3"

// sentAsNull names fields that are null where there is nothing, as clients expect it,
// although the document does not say that they can be.
var sentAsNull = map[string][]string{
	"Team": {"policy_id", "scheme_id", "group_constrained"},
}

// allowNull makes the schemas of the document allow what is sent as null.
func allowNull(doc *openapi3.T) {
	for name, fields := range sentAsNull {
		schema := doc.Components.Schemas[name]
		if schema == nil || schema.Value == nil {
			continue
		}
		for _, f := range fields {
			if p := schema.Value.Properties[f]; p != nil && p.Value != nil {
				p.Value.Nullable = true
			}
		}
	}
}
