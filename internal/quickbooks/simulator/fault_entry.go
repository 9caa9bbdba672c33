package simulator

// The codes of faults about journal entries and repeats, beside those in the general table. The published table has five
// codes and four names for what is no valid date, number, decimal or amount; 2090 is taken for the decimal.
const (
	codeDuplicateRequest = "600"
	codeInvalidID        = "2030"
	codeDecimal          = "2090"
	codeMissingLines     = "2250"
	codeTaxApplicableOn  = "2270"
	codeTaxAmount        = "2280"
	codeResultTooBig     = "10100"
)

// ruleTooManyLines is a business rule of the simulator's own making: Intuit publishes no limit, so its text is unknown.
const ruleTooManyLines = "A journal entry can have at most %d lines."

// entryMessageOf returns the Message that goes with a code about a journal entry or a repeat.
func entryMessageOf(code string) string {
	switch code {
	case codeDuplicateRequest:
		return "Duplicate Request ID"
	case codeInvalidID:
		return "Invalid ID"
	case codeDecimal:
		return "Invalid Decimal"
	case codeMissingLines:
		return "Missing lines"
	case codeTaxApplicableOn:
		return "MissingTaxApplicableOn"
	case codeTaxAmount:
		return "MissingTaxAmount"
	case codeResultTooBig:
		return "Result Set Big"
	}
	return ruleMessageOf(code)
}
