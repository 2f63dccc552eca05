package seed

// Names by how common they are, the most common first.
const (
	firstNames = `James Mary Michael Maria John Anna David Sarah Robert Jennifer Daniel Laura Thomas Julia José Linda Martin
		Elizabeth William Sophie Peter Jessica Richard Lisa Paul Barbara Mark Susan Christopher Karen Alexander Nicole
		Andrew Emma Joseph Katherine Charles Andrea Matthew Sandra Ali Fatima Mohamed Anthony Ashley Steven Kimberly Emily
		Kenneth Donna Joshua Michelle Kevin Carol Brian Amanda George Melissa Timothy Deborah Ronald Stephanie Edward
		Rebecca Jason Sharon Jeffrey Cynthia Ryan Dorothy Jacob Amy Nicholas Kathleen Gary Angela Eric Shirley Jonathan
		Brenda Stephen Pamela Larry Justin Scott Samantha Brandon Christine Benjamin Debra Samuel Rachel Gregory Carolyn
		Patrick Janet Frank Ruth Raymond Olivia Jack Heather Dennis Helen Jerry Catherine Tyler Diane Aaron Julie Henry
		Victoria Adam Joyce Douglas Lauren Nathan Kelly Christina Zachary Joan Kyle Virginia Noah Judith Ethan Evelyn
		Jeremy Hannah Walter Megan Christian Cheryl Keith Jacqueline Roger Madison Terry Teresa Austin Abigail Sean Sophia
		Gerald Martha Carl Sara Harold Gloria Dylan Janice Arthur Kathryn Lawrence Ann Jordan Isabella Jesse Judy Bryan
		Charlotte Bruce Grace Gabriel Amber Joe Alice Logan Jean Albert Denise Willie Frances Danielle Wayne Marilyn Randy
		Natalie Mason Beverly Vincent Diana Liam Brittany Roy Theresa Bobby Kayla Caleb Alexis Bradley Doris Russell Lori
		Lucas Tiffany Jürgen Monika Klaus Heike Uwe Ute Stefan Sabine Andreas Claudia Björn Ingrid Lars Astrid Sven Freja
		Søren Kirsten François Hélène Jérôme Zoé Étienne Chloé Renée André Inès Raúl Belén Íñigo Begoña Łukasz Małgorzata
		Wojciech Agnieszka Piotr Katarzyna Jiří Šárka Václav Žofie Gábor Zsófia István Ștefan Ioana Oleg Svetlana Dmitri
		Natasha Hiroshi Sakura Kenji Yuki Wei Li Ming Xiu Jun Priya Raj Sunita Anil Omar Layla Hassan Aisha Ahmed Ayşe
		Yusuf Gökçe Mehmet Şule Chidi Ngozi Kwame Abena Tariq Zainab Moses Naomi`

	lastNames = `Smith Johnson Müller Garcia Williams Brown Jones Martin Miller Davis Rodríguez Wang Martínez Hernández Silva
		López Li Schmidt González Wilson Anderson Thomas Singh Taylor Moore Zhang Jackson Lee Pérez Thompson White Harris
		Sánchez Clark Ramírez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams
		Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gómez Phillips Evans Turner Díaz Parker Cruz Edwards
		Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutiérrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly
		Howard Ramos Kim Cox Ward Richardson Watson Brooks Chávez Wood James Bennett Gray Mendoza Ruiz Hughes Price
		Álvarez Castillo Sanders Patel Myers Long Ross Foster Jiménez Powell Jenkins Perry Russell Sullivan Bell Coleman
		Butler Henderson Barnes Fisher Vásquez Simmons Romero Jordan Patterson Alexander Hamilton Graham Reynolds Griffin
		Wallace Moreno West Cole Hayes Bryant Herrera Gibson Ellis Tran Medina Aguilar Stevens Murray Ford Castro Marshall
		Owens Harrison Fernández McDonald Woods Washington Kennedy Wells Vargas Henry Chen Freeman Webb Tucker Guzmán
		Burns Crawford Olson Simpson Porter Hunter Gordon Méndez Shaw Snyder Mason Dixon Muñoz Hunt Hicks Holmes Palmer
		Wagner Black Robertson Boyd Rose Stone Salazar Fox Warren Mills Meyer Rice Schneider Garza Daniels Ferguson
		Nichols Stephens Soto Weaver Ryan Gardner Payne Grant Dunn Kelley Spencer Hawkins Arnold Pierce Hansen Peters
		Santos Hart Bradley Knight Elliott Cunningham Duncan Armstrong Hudson Carroll Lane Riley Andrews Alvarado Ray
		Delgado Berry Perkins Hoffmann Johnston Matthews Peña Richards Contreras Willis Carpenter Lawrence Sandoval Fischer
		Weber Becker Schulz Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Lange
		Werner Krause Lehmann Köhler Jørgensen Nygård Åkesson Björklund Sørensen O'Brien O'Connor Lefèvre Dubois Moreau
		Girard Gonçalves Araújo Nowak Kowalski Wiśniewski Wójcik Dvořák Novotný Černý Ivanov Petrov Sato Suzuki Takahashi
		Tanaka Watanabe Ito Yamamoto Liu Yang Huang Zhao Wu Zhou Kumar Sharma Gupta Khan Hussein Yılmaz Kaya Demir Çelik
		Okafor Mensah Diallo Haddad Cohen Levi Papadopoulos Rossi Russo Ferrari`

	nicknames = `Ace Bear Captain Coder Doc Eagle Falcon Ghost Gopher Hawk Iron Jazz Kernel Koala Lambda Lucky Maker Moose
		Ninja Nerd Owl Pixel Quasar Rocket Shadow Sparky Tiger Turtle Unicorn Viper Wizard Xenon Yeti Zebra Zippy`
)
