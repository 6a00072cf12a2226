"""Fee-negotiation files (考核费用协商), cost items, prices in force, what each school owes."""
